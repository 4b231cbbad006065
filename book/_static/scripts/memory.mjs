// Memory: what the reader has read, answered and passed, kept in this browser and nowhere else.
//
// record = {
//   version: 1,
//   pages: {"nn/convolution": {
//     read: "2026-11-22",                                the day its end was first seen
//     questions: {"question-1a2b3c4d": {first: 1, last: 0}},    places of the choices taken
//   }},
//   exercises: {"convolution": {passed: 6, of: 7, points: 11, worth: 12}},
// }
//
// The exercises come from a file that `dlcourse progress --export` writes.

export const KEY = "dlcourse.progress.1";

// Holds the record when the browser refuses to: in a private window, or when its store is full.
let held = null;

// What Sphinx calls this page: a constant of its own script, which the window does not have.
export const page = DOCUMENTATION_OPTIONS.pagename;

const empty = () => ({ version: 1, pages: {}, exercises: {} });

export function recall() {
  if (held) return held;
  try {
    return accepted(JSON.parse(localStorage.getItem(KEY))) ?? empty();
  } catch {
    return empty();
  }
}

// Read anew before each change: another tab may have written since.
export function change(edit) {
  const record = recall();
  edit(record);
  keep(record);
}

export function changePage(name, edit) {
  change((record) => edit((record.pages[name] ??= {})));
}

export function forget() {
  held = null;
  keep(empty());
}

// Whether what is written here will be read after a reload.
export function lasting() {
  try {
    localStorage.setItem(`${KEY}.trial`, "1");
    localStorage.removeItem(`${KEY}.trial`);
    return held === null;
  } catch {
    return false;
  }
}

function keep(record) {
  try {
    localStorage.setItem(KEY, JSON.stringify(record));
    held = null;
  } catch {
    held = record;
  }
}

// What the file says of a thing takes the place of what is here; all else stays.
export function merge(other) {
  change(({ pages, exercises }) => {
    Object.assign(exercises, other.exercises);
    for (const [name, { questions, ...rest }] of Object.entries(other.pages)) {
      const here = (pages[name] ??= {});
      Object.assign(here, rest);
      if (questions) here.questions = { ...here.questions, ...questions };
    }
  });
}

// The record that a value is, or null: a file may hold anything.
export function accepted(value) {
  const sound =
    value?.version === 1 &&
    entriesAre(value.pages, PAGE, isPage) &&
    entriesAre(value.exercises, EXERCISE, isChecked);
  return sound ? value : null;
}

const PAGE = /^[a-z][\w-]*(\/[a-z][\w-]*)*$/;
const QUESTION = /^question-[0-9a-f]{8}$/;
const EXERCISE = /^[^_]/; // a notebook may have any name, but for __proto__

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isCount = (value) => Number.isInteger(value) && value >= 0;
const isPoints = (value) => Number.isFinite(value) && value >= 0;
const isDay = (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);

function entriesAre(value, name, fits) {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([key, each]) => name.test(key) && fits(each));
}

function isPage(value) {
  if (!isObject(value)) return false;
  const { read, questions } = value;
  return (
    (read === undefined || isDay(read)) &&
    (questions === undefined || entriesAre(questions, QUESTION, isAnswered))
  );
}

const isAnswered = (value) => isObject(value) && isCount(value.first) && isCount(value.last);

const isChecked = (value) =>
  isObject(value) &&
  isCount(value.passed) &&
  isCount(value.of) &&
  isPoints(value.points) &&
  isPoints(value.worth);
