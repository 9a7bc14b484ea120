"use strict";
// Keeps #live fresh without losing what is being typed or where one has scrolled to.
const live = document.getElementById("live");
const atEnd = (box) => box.scrollHeight - box.scrollTop - box.clientHeight < 40;
const toEnd = () => document.querySelectorAll(".follow").forEach((box) => { box.scrollTop = box.scrollHeight; });

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  if (!fresh || fresh.innerHTML === live.innerHTML) return;
  const following = [...document.querySelectorAll(".follow")].every(atEnd);
  live.innerHTML = fresh.innerHTML;
  if (following) toEnd();
}

async function send(event) {
  const form = event.target.closest("form[data-quiet]");
  if (!form) return;
  event.preventDefault();
  const fields = new URLSearchParams(new FormData(form));
  form.reset();
  await fetch(form.action, { method: "POST", body: fields });
  await refresh();
  toEnd();
}

function enter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

document.addEventListener("submit", send);
document.addEventListener("keydown", enter);
toEnd();
if (live) setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 1500);
