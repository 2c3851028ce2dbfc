// textual.js makes the terminal once the page is loaded, and keeps it and its socket to itself.
// So the socket that it finds is ours, which loses no key and reads the title of the window.
"use strict";

const terminal = document.getElementById("terminal");
const again = document.getElementById("again");
const TITLE = /\x1b\]2;([^\x07]*)\x07/;
const text = new TextDecoder();

window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address);
    this.addEventListener("message", ({ data }) => {
      const title = typeof data === "string" ? null : TITLE.exec(text.decode(data));
      if (title) document.title = title[1];
    });
    this.addEventListener("close", () => again.focus());
  }

  send(data) {
    if (this.readyState === this.CONNECTING) {
      this.addEventListener("open", () => super.send(data), { once: true });
    } else {
      super.send(data);
    }
  }
};

// Relative to the address of the page: at the far end of a tunnel the port is another one.
terminal.dataset.sessionWebsocketUrl = new URL("socket", location).href.replace("http", "ws");
again.addEventListener("click", () => location.reload());

const makeTerminal = window.onload;
window.onload = async (event) => {
  // Cells are measured once, so the font has to be there.
  const fonts = ["", "bold ", "italic "].map((style) =>
    document.fonts.load(`${style}16px "Roboto Mono"`),
  );
  await Promise.allSettled(fonts);
  makeTerminal(event);
  terminal.querySelector("textarea").focus();
};
