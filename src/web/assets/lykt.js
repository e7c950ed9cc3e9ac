// What makes the pages quicker; every page works without it.
//
//   data-key="1"        pressing the key presses the button or follows the link, unless somebody is writing
//   data-copy="ID"      copies the text of the element with that id
//   data-ends="10"      takes the element away after so many seconds, and counts down in [data-left] inside it
//   data-submits        a choice that sends its form at once
//   data-into="#id"     a link whose page is shown inside that element
//   data-again="/part"  after data-after="2" seconds, what the address shows takes the element's place, or that of
//                       data-place="#id"; nothing new (204) or no answer: later again; 205: the whole page
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

  // What our own server says is the only markup that a page takes in: the browser refuses all other.
  const policy = { createHTML: (markup) => markup };
  const own = window.trustedTypes?.createPolicy("lykt", policy) ?? policy;
  const read = async (address) => {
    const answer = await fetch(address, { headers: { "lykt-part": "yes" }, redirect: "manual", cache: "no-store" });
    // Whoever is no longer signed in is led to the door by the whole page.
    if (answer.status === 205 || answer.type === "opaqueredirect") location.reload();
    if (answer.status !== 200) throw new Error("nothing to show");
    return new DOMParser().parseFromString(own.createHTML(await answer.text()), "text/html");
  };

  const again = (element) => setTimeout(async () => {
    const { again: address, place } = element.dataset;
    if (!element.isConnected) return;
    try {
      const found = await read(address);
      const old = place ? document.querySelector(place) : element;
      const fresh = place ? found.querySelector(place) : found.body.firstElementChild;
      const details = old.querySelector("details[open]");
      const reads = details?.contains(document.activeElement);
      old.replaceWith(fresh);
      if (details) fresh.querySelector("details")?.setAttribute("open", "");
      if (reads) fresh.querySelector("summary")?.focus();
      begin(fresh);
    } catch {
      again(element);
    }
  }, Number(element.dataset.after) * 1000);

  document.addEventListener("click", async (e) => {
    const link = e.target.closest("a[data-into]");
    if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    try {
      const found = await read(link.href);
      const place = document.querySelector(link.dataset.into);
      place.replaceChildren(...found.body.childNodes);
      begin(place);
      place.querySelector("[autofocus]")?.focus();
    } catch {
      location.assign(link.href);
    }
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
  const begin = (root) => {
    const all = (wanted) => [root, ...root.querySelectorAll("*")].filter((element) => element.matches?.(wanted));
    all("[data-ends]").forEach(count);
    all("[data-again]").forEach(again);
  };
  begin(document);
  // Coming back with the browser's button shows no page of somebody who has signed out.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
})();
