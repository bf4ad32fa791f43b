"use strict";

// Runs before the cards come to life, and keeps what each would show without a script.
const answers = new Map();
for (const card of document.querySelectorAll(".nnteach-card-alone")) {
  answers.set(card, card.querySelector("details").cloneNode(true));
}

// What can be scrolled sideways must be reached by keyboard; what cannot, need not be.
const BOXES = ".highlight pre, .shown pre, .nnteach-note, .nnteach-note pre, .wide, .katex-display, .nnteach-picture, figure details";

function reach() {
  for (const box of document.querySelectorAll(BOXES)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    if (scrolls === box.hasAttribute("tabindex")) continue;
    if (scrolls) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "scrolls sideways");
    } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
  }
}

addEventListener("load", reach);
addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);
document.addEventListener("input", () => setTimeout(reach));

// On paper nothing is folded and every card is answered; afterwards all is as it was.
let opened = [];
addEventListener("beforeprint", () => {
  for (const [card, answer] of answers) {
    if (!card.querySelector("fieldset").disabled) card.append(answer);
  }
  opened = [...document.querySelectorAll("details:not([open])")];
  for (const each of opened) each.open = true;
});
addEventListener("afterprint", () => {
  for (const answer of answers.values()) answer.remove();
  for (const each of opened) each.open = false;
});

// A link into a folded part opens it.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folds = [];
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) folds.push(fold);
  for (const fold of folds) fold.open = true;
  if (folds.length) target.scrollIntoView();
}
addEventListener("hashchange", unfold);
addEventListener("load", unfold);
