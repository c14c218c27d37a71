// Filters the table of errors by typing, and copies code. Without it the whole table is there, and nothing is missing.
const filter = document.querySelector("#filter");
const rows = [...document.querySelectorAll("tbody tr[data-words]")];

function applyFilter() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.dataset.words.includes(word));
    if (!row.hidden) shown += 1;
  }
  document.querySelector("#filter-count").textContent =
    words.length === 0 ? "" : shown === 1 ? "1 code" : `${shown} codes`;
  document.querySelector("#filter-none").hidden = shown > 0;
  const address = new URL(location.href);
  if (words.length === 0) address.searchParams.delete("find");
  else address.searchParams.set("find", filter.value);
  history.replaceState(null, "", address);
}

function openOnlyMatch(event) {
  const shown = rows.filter((row) => !row.hidden);
  if (event.key === "Enter" && shown.length === 1) location.href = shown[0].querySelector("a").href;
}

if (filter !== null) {
  filter.closest("[hidden]")?.removeAttribute("hidden");
  filter.value = new URL(location.href).searchParams.get("find") ?? "";
  filter.addEventListener("input", applyFilter);
  filter.addEventListener("keydown", openOnlyMatch);
  applyFilter();
}

if (navigator.clipboard !== undefined) {
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${block.querySelector(".code-label")?.textContent ?? "code"}`);
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("code").textContent);
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2_000);
    });
    block.append(button);
  }
}
