/* The controls are elements of the browser itself. This file reads them, writes the address and tells the server. */
(() => {
  "use strict";
  const AFTER = 150; // milliseconds without a further move
  const AGAIN = 400; // milliseconds between an answer about work that goes on and the next question
  let own = "";
  let timer = 0;
  let looking = 0;
  let alternative = null;

  const element = (id) => document.getElementById(id);
  const words = () => window.ankomst.words || {};
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const number = (value) => new Intl.NumberFormat(words().lang === "da" ? "da-DK" : "en-GB", { useGrouping: "always" }).format(value);
  const field = (box) => box.querySelector("select, input");

  function query() {
    const found = new URLSearchParams();
    for (const box of document.querySelectorAll("[data-key]")) {
      const { key, lever, set: moved } = box.dataset;
      const value = field(box).value;
      if (key === "alt_grants" && !lever) {
        if (value !== box.dataset.default) found.append(key, value);
        if (own) found.append("own", own);
      } else if (lever ? moved === "1" : value !== box.dataset.default) {
        found.append(key, value);
      }
    }
    if (document.documentElement.lang !== "en") found.append("lang", document.documentElement.lang);
    return found.toString();
  }

  function address(text) {
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
    const link = element("language");
    if (link) {
      const other = new URLSearchParams(text);
      other.delete("lang");
      if (link.dataset.lang !== "en") other.append("lang", link.dataset.lang);
      link.href = `?${other}`;
    }
  }

  function shown(box) {
    const input = field(box);
    const readout = box.querySelector(".readout");
    if (input.type !== "range") return;
    const said = box.dataset.set === "1" ? box.dataset.unit.replace("{value}", number(Number(input.value))) : box.dataset.exact;
    readout.textContent = said;
    input.setAttribute("aria-valuetext", said);
  }

  function send() {
    const text = query();
    address(text);
    const now = ["choice-alt", "choice-alt_grants"].map((id) => element(id).value).concat(own).join(" ");
    set("status", { children: words().computing });
    set("state", { data: text });
    if (alternative !== null && now !== alternative) set("alternative", { data: now });
    alternative = now;
  }

  function soon() {
    window.clearTimeout(timer);
    timer = window.setTimeout(send, AFTER);
  }

  document.addEventListener("input", (event) => {
    const box = event.target.closest("[data-key]");
    if (!box) return;
    if (box.dataset.lever) {
      box.dataset.set = event.target.value === box.dataset.own ? "0" : "1";
      shown(box);
    }
    soon();
  });

  document.addEventListener("submit", (event) => event.preventDefault());

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "reset") reset();
    if (button.id === "choose-file") choose(Number(button.dataset.most));
    if (button.id === "remove-file") set("upload", { data: null });
    if (button.id === "copy-link") copy();
    if (button.dataset.format) image(button);
    if (button.dataset.take) set("wanted", { data: { take: button.dataset.take, figure: button.dataset.figure || "", turn: Date.now() } });
  });

  function reset() {
    for (const box of document.querySelectorAll("[data-lever]")) box.dataset.set = "0";
    send();
    set("alternative", { data: `${alternative} ${Date.now()}` }); // the levers are drawn anew where they stood
  }

  function choose(most) {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = ".yaml,.yml,text/yaml";
    input.addEventListener("change", async () => {
      const file = input.files[0];
      if (!file) return;
      if (file.size > most) {
        set("file-note", { children: words().too_large });
        return;
      }
      let text = "";
      for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte);
      set("upload", { data: { content: btoa(text), turn: Date.now() } });
    });
    input.click();
  }

  async function copy() {
    let said = words().copied;
    try {
      await navigator.clipboard.writeText(location.href);
    } catch {
      said = words().copy_failed;
    }
    set("taken-note", { children: said });
  }

  async function image(button) {
    const plot = element(`graph-${button.dataset.figure}`).querySelector(".js-plotly-plot");
    const said = JSON.parse(button.dataset.words);
    const size = plot._fullLayout;
    const top = 12 + 19 * (said.title.length + said.key.length);
    const bottom = 14 + 14 * said.footer.length;
    const width = Math.max(plot.offsetWidth, 900);
    const height = size.height + top + bottom;
    const inner = height - size.margin.t - top - size.margin.b - bottom;
    const place = { xref: "paper", yref: "paper", x: 0, xanchor: "left", align: "left", showarrow: false, xshift: 8 - size._size.l };
    const head = { ...place, y: 1, yanchor: "top", yshift: size.margin.t + top - 6, font: { size: 14 }, text: [`<b>${said.title.join("<br>")}</b>`, ...said.key].join("<br>") };
    const foot = { ...place, y: 0, yanchor: "top", yshift: -(size.margin.b), font: { size: 10.5, color: "#5a6672" }, text: said.footer.join("<br>") };
    if (inner < 40) return;
    const layout = {
      ...plot.layout, width, height, autosize: false,
      margin: { ...plot.layout.margin, t: size.margin.t + top, b: size.margin.b + bottom },
      annotations: [...(plot.layout.annotations || []), head, foot],
    };
    await window.Plotly.downloadImage(
      { data: plot.data, layout },
      { format: button.dataset.format, width, height, scale: button.dataset.format === "png" ? 2 : 1, filename: `ankomst_${button.dataset.figure}` },
    );
  }

  // A server that is gone or refuses must be said, not only noted in the console.
  const ask = window.fetch.bind(window);
  window.fetch = async (...request) => {
    const mine = String(request[0]?.url ?? request[0]).includes("_dash-update-component");
    try {
      const answer = await ask(...request);
      if (mine && !answer.ok) set("status", { children: `${words().refused} (${answer.status})` });
      return answer;
    } catch (problem) {
      if (mine) set("status", { children: words().no_server });
      throw problem;
    }
  };

  window.ankomst = { words: null };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.ankomst = {
    levers: () => {
      document.querySelectorAll("[data-lever]").forEach(shown);
      return window.dash_clientside.no_update;
    },
    own: (data) => {
      const before = own;
      own = (data && data.token) || "";
      for (const id of ["choice-alt", "choice-alt_grants"]) if (element(id)) element(id).disabled = Boolean(own);
      if (element("remove-file")) element("remove-file").hidden = !own;
      if (alternative === null) {
        alternative = ["choice-alt", "choice-alt_grants"].map((id) => element(id).value).concat(own).join(" ");
        address(query());
      } else if (before !== own) {
        send();
      }
      return window.dash_clientside.no_update;
    },
    // The next question waits for the answer to the last one: a busy server is not asked faster than it can say.
    more: (data) => {
      window.clearTimeout(looking);
      if (data && data.ready) set("ready", { data: data.turn });
      else if (data) looking = window.setTimeout(() => set("turn", { data: data.turn }), AGAIN);
      return window.dash_clientside.no_update;
    },
    words: (data) => {
      window.ankomst.words = data;
      document.documentElement.lang = data.lang;
      return window.dash_clientside.no_update;
    },
  };
})();
