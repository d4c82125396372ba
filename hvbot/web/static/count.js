// Shows how many segments the words take while they are typed. They are posted, so that no address ever holds them.
(() => {
  "use strict";
  const box = document.querySelector("textarea[data-count]");
  if (!box) return;
  const place = document.getElementById("size");
  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const form = new FormData();
      form.set("csrf_token", box.form.elements.csrf_token.value);
      form.set("words", box.value);
      const answer = await fetch(box.dataset.count, { method: "POST", body: form });
      if (!answer.ok) return;
      const size = await answer.json();
      place.textContent = box.value
        ? `${size.segments} ${size.segments === 1 ? "segment" : "segments"} (${size.units} characters, ${size.encoding})` : "";
    }, 400);
  });
})();
