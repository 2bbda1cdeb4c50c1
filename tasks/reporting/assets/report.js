// What tables and the finder do beyond lying there. Every page reads whole without it.
// Text of strangers goes to the page as text nodes only.
"use strict";

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
}

function numberOf(text) {
  const found = parseFloat(text.replace(/,/g, "").replace(/^[<>] /, ""));
  return Number.isNaN(found) ? -Infinity : found;
}

function sortBy(table, column, header) {
  const descending = header.getAttribute("aria-sort") === "ascending" ||
    (header.classList.contains("number") && header.getAttribute("aria-sort") !== "descending");
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const numeric = header.classList.contains("number");
  const rows = [...table.tBodies[0].rows].filter((row) => !row.classList.contains("total"));
  const totals = [...table.tBodies[0].rows].filter((row) => row.classList.contains("total"));
  const keyed = rows.map((row) => [valueOf(row, column), row]);
  keyed.sort(([a], [b]) => (numeric ? numberOf(a) - numberOf(b) : collator.compare(a, b)));
  if (descending) keyed.reverse();
  table.tBodies[0].append(...keyed.map(([, row]) => row), ...totals);
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => sortBy(table, column, header));
  });
}

function makeFilterable(table) {
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 4) return;
  const box = document.createElement("div");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const told = document.createElement("output");
  box.className = "filter";
  input.type = "search";
  input.id = `filter-${table.id}`;
  label.htmlFor = input.id;
  label.textContent = "Show only rows with";
  told.setAttribute("aria-live", "polite");
  box.append(label, input, told);
  table.closest(".scroll").before(box);
  const texts = rows.map((row) => row.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, n) => {
      row.hidden = !words.every((word) => texts[n].includes(word));
      shown += row.hidden ? 0 : 1;
    });
    told.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  });
}

const RESULTS = 100;

function resultRow([id, batch, title, locator, outcome, reason, site]) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  const link = document.createElement("a");
  const name = document.createElement("bdi");
  head.scope = "row";
  link.href = `documents/${encodeURIComponent(batch)}/${encodeURIComponent(id)}.html`;
  name.textContent = title || locator.replace(/\/+$/, "").split("/").pop();
  if (!title) name.className = "untitled";
  link.append(name);
  head.append(link);
  row.append(head);
  for (const [words, css] of [[outcome, ""], [reason, "minor"], [site, "minor"], [batch, "minor"]]) {
    const cell = document.createElement("td");
    const isolated = document.createElement("bdi");
    cell.className = css;
    isolated.textContent = words;
    if (words === outcome) isolated.className = `chip c-${outcome}`;
    cell.append(isolated);
    row.append(cell);
  }
  return row;
}

function startFinder(form) {
  const all = (window.finder || []).flatMap((file) =>
    file.rows.map((row) => [row[0], file.batches[row[1]], ...row.slice(2)]));
  const texts = all.map((row) => row.join("\n").toLowerCase());
  const fields = ["q", "outcome", "reason", "batch"].map((name) => form.elements[name]);
  const asked = new URLSearchParams(location.search);
  for (const field of fields) if (asked.has(field.name)) field.value = asked.get(field.name);
  const body = document.getElementById("results").tBodies[0];
  const told = document.getElementById("found");
  const find = () => {
    const words = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [outcome, reason, batch] = fields.slice(1).map((field) => field.value.trim());
    const found = all.filter((row, n) =>
      (!outcome || row[4] === outcome) && (!reason || row[5] === reason) &&
      (!batch || row[1] === batch) && words.every((word) => texts[n].includes(word)));
    body.replaceChildren(...found.slice(0, RESULTS).map(resultRow));
    told.textContent = found.length > RESULTS
      ? `${found.length} documents, the newest ${RESULTS} are shown.` : `${found.length} documents.`;
  };
  form.addEventListener("input", find);
  form.addEventListener("submit", (event) => { event.preventDefault(); find(); });
  find();
}

document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-finder]");
  if (form) startFinder(form);
  for (const table of document.querySelectorAll("table.desk")) {
    makeSortable(table);
    if ("filter" in table.dataset) makeFilterable(table);
  }
});
