// Quiz: answers a question with the explanation of the choice taken, and keeps the answer.
//
// An answer is taken by a button, since the arrow keys choose every radio button that they pass.

import { changePage, page, recall } from "dlcourse/memory";
import { words } from "dlcourse/words";

const questions = [...document.querySelectorAll("fieldset.quiz")].map(enliven);

function enliven(fieldset) {
  const radios = [...fieldset.querySelectorAll(".quiz-choices input")];
  const explanations = fieldset.querySelector(".quiz-answers ol");
  const status = element("div", { className: "quiz-status", role: "status" });
  const none = element("p", { textContent: words.none, hidden: true });
  const button = element("button", { type: "button", textContent: words.check });
  const question = { id: fieldset.id, right: Number(fieldset.dataset.right), radios, none };
  question.explained = [...explanations.children];
  // A list counts only what it shows: each letter is written down.
  question.explained.forEach((item, place) => (item.value = place + 1));
  button.className = "quiz-check";
  button.onclick = () => answer(question);
  for (const radio of radios) radio.onchange = () => show(question, null);
  fieldset.querySelector(".quiz-answers").replaceWith(button, status);
  status.append(none, explanations);
  const given = answerTo(question);
  if (given) radios[given.last].checked = true;
  show(question, given ? given.last : null);
  return question;
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

// What was answered before, if it can still be: the browser's store is the reader's to edit.
function answerTo({ id, radios }) {
  const given = recall().pages[page]?.questions?.[id];
  return given && given.last in radios ? given : null;
}

function answer(question) {
  const last = question.radios.findIndex((radio) => radio.checked);
  question.none.hidden = last >= 0;
  if (last < 0) return;
  changePage(page, (here) => {
    const all = (here.questions ??= {});
    all[question.id] = { first: all[question.id]?.first ?? last, last };
  });
  show(question, last);
  sum();
}

// Show one explanation and mark its choice; with null, none.
function show({ radios, explained, right, none }, shown) {
  none.hidden = true;
  explained.forEach((item, place) => (item.hidden = place !== shown));
  radios.forEach((radio, place) => {
    const { dataset } = radio.closest("li");
    delete dataset.verdict;
    if (place === shown) dataset.verdict = place === right ? "right" : "wrong";
  });
}

const score = element("p", { className: "quiz-score" });
const link = element("a", { textContent: words.progress });
link.href = `${document.documentElement.dataset.content_root}progress.html`;

function sum() {
  const right = questions.filter((each) => answerTo(each)?.last === each.right).length;
  score.replaceChildren(`${words.kept(right, questions.length)} `, link);
}

sum();
document.getElementById(questions.at(-1).id).after(score);
