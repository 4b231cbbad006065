"""nbgrader's settings: its source and release folders are this repository's own."""

c = get_config()  # nbgrader runs this file with get_config defined

c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
