// The list of schools: a search field and headers that sort. Without this file the list is whole and in order.
"use strict";

(() => {
  const swedish = new Intl.Collator("sv", { numeric: true });
  const plain = (text) => text.toLocaleLowerCase("sv").replace(/\s+/g, " ").trim();

  // "1 234,5" is a number; a hidden or missing number (.., –) is none and goes last whichever way one sorts.
  const asNumber = (text) => {
    const digits = text.replace(/[\s\u00a0\u202f]/g, "").replace("\u2212", "-").replace(",", ".");
    return /^-?\d+(\.\d+)?/.test(digits) ? Number.parseFloat(digits) : null;
  };

  const compare = (left, right, numeric, direction) => {
    if (!numeric) return direction * swedish.compare(left, right);
    const [a, b] = [asNumber(left), asNumber(right)];
    if (a === null || b === null) return (a === null) - (b === null);
    return direction * (a - b);
  };

  const makeSortable = (table) => {
    const headers = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    headers.forEach((header, index) => {
      if (!header.textContent.trim() || header.textContent.trim() === "PDF") return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      const numeric = header.classList.contains("number");
      button.addEventListener("click", () => {
        const ascending = header.getAttribute("aria-sort") !== "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        const text = (row) => row.cells[index].textContent.trim();
        const rows = [...body.rows].sort((a, b) => compare(text(a), text(b), numeric, ascending ? 1 : -1));
        body.append(...rows);
      });
    });
  };

  const makeSearchable = (list, table) => {
    const rows = [...table.tBodies[0].rows].map((row) => [row, plain(row.textContent)]);
    const tools = document.createElement("div");
    tools.className = "list-tools";
    const label = document.createElement("label");
    label.htmlFor = "filter";
    label.textContent = "Sök i listan";
    const field = document.createElement("input");
    Object.assign(field, { id: "filter", type: "search", autocomplete: "off" });
    const count = document.createElement("output");
    count.setAttribute("for", "filter");
    const show = () => {
      const words = plain(field.value).split(" ").filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} av ${rows.length} skolor`;
    };
    field.addEventListener("input", show);
    tools.append(label, field, count);
    list.prepend(tools);
    show();
  };

  for (const list of document.querySelectorAll(".school-list")) {
    const table = list.querySelector("table");
    if (!table || !table.tBodies.length || table.tBodies[0].rows.length < 2) continue;
    makeSortable(table);
    makeSearchable(list, table);
  }
})();
