// Reading: notes that a page was read, and marks the pages read in the sidebar.
//
// A page that asks questions counts as read when its end has been in sight for a moment.

import { changePage, page, recall } from "dlcourse/memory";
import { words } from "dlcourse/words";

const MOMENT = 1000; // ms

const root = new URL(document.documentElement.dataset.content_root, location.href);

// The name of the page that a link leads to; the link to this page is only "#".
export function pageOf(link) {
  const { origin, pathname } = new URL(link.href);
  if (pathname === location.pathname) return page;
  const inside = origin === root.origin && pathname.startsWith(root.pathname);
  return inside ? pathname.slice(root.pathname.length).replace(/\.html$/, "") : "";
}

export function markPagesRead() {
  const { pages } = recall();
  for (const link of document.querySelectorAll(".bd-links a.reference")) {
    const mark = link.querySelector(".progress-mark");
    const read = Boolean(pages[pageOf(link)]?.read);
    if (mark && !read) mark.remove();
    if (!mark && read) link.append(newMark());
  }
}

function newMark() {
  const mark = document.createElement("span");
  const said = document.createElement("span");
  mark.className = "progress-mark";
  said.className = "visually-hidden";
  said.textContent = ` (${words.read})`;
  mark.append(said);
  return mark;
}

function note() {
  const today = new Date().toISOString().slice(0, 10);
  changePage(page, (here) => (here.read ??= today));
  markPagesRead();
}

function watchTheEnd() {
  const end = document.createElement("div");
  end.className = "progress-end";
  document.querySelector(".bd-article").append(end);
  let waiting;
  new IntersectionObserver(([seen]) => {
    clearTimeout(waiting);
    if (seen.isIntersecting) waiting = setTimeout(note, MOMENT);
  }).observe(end);
}

markPagesRead();
if (document.querySelector("fieldset.quiz")) watchTheEnd();
