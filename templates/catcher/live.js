// Shows a new message by itself, unless somebody is typing a search.
const bar = document.querySelector("[data-newest]");
const search = document.querySelector("#to");

async function look() {
  try {
    const { newest } = await (await fetch("/newest")).json();
    if (String(newest) !== bar.dataset.newest && document.activeElement !== search) location.reload();
  } catch {
    // The catcher is being started again: look again later.
  }
}

setInterval(() => document.hidden || look(), 1500);
document.addEventListener("visibilitychange", () => document.hidden || look());
