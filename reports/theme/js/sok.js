// The search page, on the index that Pagefind made when the site was built. Nothing leaves the site.
"use strict";

(() => {
  const place = document.getElementById("sok");
  if (!place) return;
  const MOST = 30;
  const form = document.createElement("form");
  form.className = "search-form";
  form.setAttribute("role", "search");
  const label = document.createElement("label");
  label.htmlFor = "fraga";
  label.textContent = "Sök efter";
  const field = document.createElement("input");
  Object.assign(field, { id: "fraga", name: "q", type: "search", autocomplete: "off" });
  const told = document.createElement("p");
  told.setAttribute("role", "status");
  const list = document.createElement("ol");
  list.className = "search-results";
  form.append(label, field);
  place.replaceChildren(form, told, list);

  let index = null;
  let latest = 0;
  const open = async () => {
    if (index) return index;
    index = await import(new URL("pagefind/pagefind.js", document.baseURI).href);
    await index.options({ excerptLength: 24, baseUrl: new URL(".", document.baseURI).pathname });
    return index;
  };

  // Pagefind writes its excerpts as HTML; only the letters are taken. The element keeps spaces at the ends.
  const letters = (html) => new DOMParser().parseFromString(`<p>${html}</p>`, "text/html").body.firstChild.textContent;

  const item = (hit) => {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.href = hit.url;
    link.textContent = hit.meta.title || hit.url;
    const excerpt = document.createElement("p");
    for (const part of hit.excerpt.split(/(<mark>.*?<\/mark>)/)) {
      const marked = part.match(/^<mark>(.*)<\/mark>$/);
      const text = letters(marked ? marked[1] : part);
      if (!marked) { excerpt.append(text); continue; }
      const mark = document.createElement("mark");
      mark.textContent = text;
      excerpt.append(mark);
    }
    entry.append(link, excerpt);
    return entry;
  };

  const search = async () => {
    const query = field.value.trim();
    const turn = ++latest;
    if (!query) { told.textContent = ""; list.replaceChildren(); return; }
    try {
      const answer = await (await open()).search(query);
      const hits = await Promise.all(answer.results.slice(0, MOST).map((result) => result.data()));
      if (turn !== latest) return;
      told.textContent = answer.results.length === 1 ? "1 träff" : `${answer.results.length} träffar`;
      list.replaceChildren(...hits.map(item));
    } catch (problem) {
      told.textContent = "Sökningen fungerar bara när sidorna läses från en webbserver, inte direkt från en mapp.";
    }
  };

  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  const query = new URLSearchParams(location.search).get("q");
  if (query) { field.value = query; search(); }
})();
