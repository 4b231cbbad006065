// Progress: fills the tables of the page about progress, and saves, loads and clears the record.

import { accepted, forget, KEY, lasting, merge, recall } from "dlcourse/memory";
import { markPagesRead, pageOf } from "dlcourse/reading";
import { words } from "dlcourse/words";

// {"nn/convolution": {exercise: "convolution", questions: {"question-1a2b3c4d": 1}}}, where a
// question has the place of its right choice.
const asked = JSON.parse(document.getElementById("questions").textContent);
const rows = [...document.querySelectorAll("table.progress-table tbody tr")];
const parts = [...document.querySelectorAll(".progress-part")];

function fill() {
  const record = recall();
  for (const row of rows) fillRow(row, record);
  for (const part of parts) fillPart(part);
  markPagesRead();
}

function fillRow({ cells }, { pages, exercises }) {
  const name = pageOf(cells[0].querySelector("a"));
  const { read, questions = {} } = pages[name] ?? {};
  const right = Object.entries(asked[name].questions);
  const given = right.filter(([id, place]) => questions[id]?.last === place);
  const checks = exercises[asked[name].exercise];
  const texts = [
    read ?? "",
    words.outOf(given.length, right.length),
    checks ? words.outOf(checks.passed, checks.of) : "",
    checks ? words.outOf(checks.points, checks.worth) : "",
  ];
  texts.forEach((text, place) => (cells[place + 1].textContent = text));
}

function fillPart(part) {
  const rows = [...part.nextElementSibling.querySelectorAll("tbody tr")];
  const read = rows.filter(({ cells }) => cells[1].textContent).length;
  const sum = part.querySelector("span") ?? document.createElement("span");
  sum.textContent = words.ofPages(read, rows.length);
  part.append(sum);
}

// Buttons

const status = document.createElement("p");
status.role = "status";

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.onclick = press;
  return made;
}

function save() {
  const text = JSON.stringify(recall(), null, 2);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "dlcourse-progress.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

const picker = document.createElement("input");
picker.type = "file";
picker.accept = ".json,application/json";
picker.hidden = true;
picker.onchange = async () => {
  const [file] = picker.files;
  const record = await read(file);
  if (record) merge(record);
  status.textContent = record ? words.loaded : words.strange(file.name);
  picker.value = ""; // so that the same file, mended, can be chosen again
  fill();
};

async function read(file) {
  try {
    return accepted(JSON.parse(await file.text()));
  } catch {
    return null;
  }
}

function clear() {
  if (!confirm(words.clearing)) return;
  forget();
  status.textContent = words.cleared;
  fill();
}

const actions = document.createElement("div");
actions.className = "progress-actions";
actions.append(
  button(words.save, save),
  button(words.load, () => picker.click()),
  button(words.clear, clear),
  picker,
);
parts[0].before(actions, status);
document.body.classList.toggle("progress-lasting", lasting());
document.body.classList.add("progress-live");
addEventListener("storage", ({ key }) => key === KEY && fill());
fill();
