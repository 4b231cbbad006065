// Language: the other edition at the place where the reader is, or with the words searched for.

const link = document.querySelector(".language-switch a");
const page = (address) => new URL(address).pathname.split("/").pop();

link?.addEventListener("click", () => {
  if (page(link.href) !== page(location.href)) return;
  link.search = location.search;
  link.hash = location.hash;
});
