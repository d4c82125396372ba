// Refreshes parts of a page: every 3 seconds while somebody is active, every minute otherwise. Never moves the focus.
(() => {
  "use strict";
  const ACTIVE_MS = 3000, IDLE_MS = 60000, IDLE_AFTER_MS = 120000, STALE_MS = 120000;
  let lastActive = Date.now();
  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(kind, () => { lastActive = Date.now(); }, { passive: true });
  }

  const countOf = (part) => {
    const holder = part.querySelector("[data-count]");
    return holder ? { value: Number(holder.dataset.count), name: holder.dataset.countName || "" } : null;
  };

  const tell = (part, text, stale) => {
    const place = document.getElementById(part.dataset.news || "");
    if (place && place.textContent !== text) {
      place.textContent = text;
      place.classList.toggle("stale", Boolean(stale));
    }
  };

  const isInUse = (part) => part.contains(document.activeElement) && document.activeElement !== document.body;

  const comparable = (html) => html.replace(/name="csrf_token" value="[^"]*"/g, "");

  // A phone shows its newest text.
  const toBottom = (part) => {
    const screen = "bottom" in part.dataset && part.firstElementChild;
    if (screen) screen.scrollTop = screen.scrollHeight;
  };

  async function refresh(part) {
    const answer = await fetch(part.dataset.live, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status === 401) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    part.lastGood = Date.now();
    tell(part, part.said || "", false);
    if (comparable(html) === part.html || isInUse(part)) return;
    const before = countOf(part);
    part.html = comparable(html);
    part.innerHTML = html;
    toBottom(part);
    const after = countOf(part);
    if (before && after && before.value !== after.value) {
      part.said = `${after.value} ${after.name}`;
      tell(part, part.said, false);
    }
  }

  async function keep(part) {
    part.lastGood = Date.now();
    for (;;) {
      const wait = Date.now() - lastActive < IDLE_AFTER_MS ? ACTIVE_MS : IDLE_MS;
      await new Promise((done) => setTimeout(done, Number(part.dataset.every) || wait));
      if (document.hidden) continue;
      try { await refresh(part); } catch {
        if (Date.now() - part.lastGood > STALE_MS) tell(part, "This page could not be refreshed. Reload it.", true);
      }
    }
  }

  for (const part of document.querySelectorAll("[data-live]")) {
    toBottom(part);
    keep(part);
  }
  for (const choice of document.querySelectorAll("select[data-submits]")) {
    choice.addEventListener("change", () => choice.form.submit());
    const button = choice.form.querySelector("button");
    if (button) button.hidden = true;
  }
})();
