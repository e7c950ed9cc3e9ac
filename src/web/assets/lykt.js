// What makes the pages quicker; every page works without it.
//
//   data-key="1"        pressing the key presses the button or follows the link, unless somebody is writing
//   data-copy="ID"      copies the text of the element with that id
//   data-ends="10"      takes the element away after so many seconds, and counts down in [data-left] inside it
//   data-submits        a choice that sends its form at once
"use strict";
(() => {
  const writes = (e) => e.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || writes(e)) return;
    if (e.key === "/") {
      const box = document.getElementById("check-address");
      if (box) { e.preventDefault(); box.focus(); }
      return;
    }
    if (!/^[a-z0-9]$/i.test(e.key)) return;
    const pressed = document.querySelector(`main [data-key="${e.key.toLowerCase()}"]`);
    if (pressed) { e.preventDefault(); pressed.focus(); pressed.click(); }
  });

  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (button) {
      const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = button.dataset.copied ?? button.textContent;
      } catch {
        getSelection()?.selectAllChildren(document.getElementById(button.dataset.copy));
      }
    }
    const open = document.querySelector("details.menu[open]");
    if (open && !open.contains(e.target)) open.open = false;
  });

  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-submits]")) e.target.form?.requestSubmit();
  });

  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", (e) => {
    if (e.defaultPrevented) return;
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    e.target.dataset.sent = "yes";
    setTimeout(() => delete e.target.dataset.sent, 3000);
  });

  const count = (element) => {
    if (element.dataset.counts) return;
    element.dataset.counts = "yes";
    const end = Date.now() + Number(element.dataset.ends) * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((end - Date.now()) / 1000);
      const shown = element.querySelector("[data-left]");
      if (shown) shown.textContent = String(Math.max(left, 0));
      if (left <= 0 || !element.isConnected) { clearInterval(timer); element.remove(); }
    }, 250);
  };
  const begin = (root) => root.querySelectorAll("[data-ends]").forEach(count);
  begin(document);
  document.addEventListener("htmx:load", (e) => begin(e.target));
  // Coming back with the browser's button shows no page of somebody who has signed out.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
})();
