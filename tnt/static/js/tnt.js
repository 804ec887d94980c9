/* Small comforts; every page works without them.
   data-key="a" on a link or button: the key activates it when nobody is typing.
   data-once on a form: a second click does not send it twice.
   data-unsaved on a form: leaving with changes asks first.
   data-forget on the form that signs out: what session mode keeps on this device goes with the person.
   data-most="500" on a field: says, as one types, how many signs are too many; nothing is cut.
   data-focus: takes the focus when the page opens (the summary of errors). */
(function () {
  "use strict";

  function typing(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    var wanted = event.key.toLowerCase();
    var targets = document.querySelectorAll("[data-key]");
    for (var i = 0; i < targets.length; i++) {
      if (targets[i].dataset.key.toLowerCase() === wanted && targets[i].offsetParent !== null) {
        event.preventDefault();
        targets[i].focus();
        targets[i].click();
        return;
      }
    }
  });

  function values(form) {
    var pairs = [];
    new FormData(form).forEach(function (value, name) {
      pairs.push(name + "=" + (value instanceof File ? value.name : value));
    });
    return pairs.join("&");
  }

  function kept() {
    try {
      return Object.keys(localStorage).filter(function (name) { return name.indexOf("tnt.sitting.") === 0; });
    } catch (error) { return []; }
  }

  // those that send a form, wherever they stand
  function buttons(form) {
    return Array.prototype.filter.call(form.elements, function (one) { return one.type === "submit"; });
  }

  document.addEventListener("submit", function (event) {
    var warning = event.target.dataset.forget;
    if (event.defaultPrevented || !warning) return;
    var waiting = kept();
    if (waiting.length && !window.confirm(warning)) event.preventDefault();
    else waiting.forEach(function (name) { localStorage.removeItem(name); });
  });

  var leaving = false;
  var guarded = [];
  document.querySelectorAll("form[data-unsaved]").forEach(function (form) {
    // a form that came back with errors holds words that are not stored
    guarded.push({ form: form, stored: form.querySelector("[aria-invalid]") ? null : values(form) });
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) return;
    if (form.hasAttribute("data-once")) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
      // busy, not disabled: a disabled button would not send its own name and value
      buttons(form).forEach(function (button) { button.setAttribute("aria-busy", "true"); });
    }
    leaving = true;
  });

  window.addEventListener("beforeunload", function (event) {
    if (leaving) return;
    var unsaved = guarded.some(function (entry) { return entry.stored !== values(entry.form); });
    if (unsaved) event.preventDefault();
  });

  // a page restored by « Back » may be sent again
  window.addEventListener("pageshow", function () {
    leaving = false;
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      buttons(form).forEach(function (button) { button.removeAttribute("aria-busy"); });
    });
  });

  // data-picks="id" on a field: what is typed there chooses the radio button of that id
  document.addEventListener("input", function (event) {
    var radio = event.target.dataset && event.target.dataset.picks && document.getElementById(event.target.dataset.picks);
    if (radio && event.target.value) radio.checked = true;
  });

  var tooLong = document.currentScript ? document.currentScript.dataset.tooLong : "";
  document.addEventListener("input", function (event) {
    var field = event.target, most = Number(field.dataset && field.dataset.most);
    if (!most || !tooLong) return;
    var said = field.nextElementSibling, beyond = field.value.length - most;
    var ours = said && said.hasAttribute("data-beyond");
    if (beyond <= 0) {
      if (ours) said.remove();
      return;
    }
    if (!ours) {
      said = document.createElement("p");
      said.className = "error";
      said.setAttribute("data-beyond", "");
      said.setAttribute("role", "status");
      field.after(said);
    }
    said.textContent = tooLong.replace("#", beyond).replace("§", most);
  });

  var first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
