"""nbgrader's settings: this repository's folders, and dlcourse.grading's steps."""

c = get_config()  # nbgrader runs this file with get_config defined

c.CourseDirectory.course_id = "dlcourse"  # PostgreSQL takes no gradebook without one
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

c.Autograde.exporter_class = "dlcourse.grading.submission.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "dlcourse.grading.restore.RestoreCells",  # for DeduplicateIds
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "dlcourse.grading.harmless.Harmless",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.exporter_class = "dlcourse.grading.feedback.FeedbackExporter"
c.Autograde.autograde_preprocessors = [
    "dlcourse.grading.links.DropLinks",  # not above: a notebook read ahead is past those steps
    "dlcourse.grading.execute.RunCells",  # for Execute
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# On a shared machine, others could read what goes between a kernel and the grader.
c.KernelManager.transport_encryption = "auto"
