/* A page that waits for work done elsewhere: data-wait="address" on an element that holds a <progress>.
   The address answers a percentage, and X-Waiting: 0 once it is over; then the page is read again.
   Without this script the page says to reload it. */
(function () {
  "use strict";

  document.querySelectorAll("[data-wait]").forEach(function (place) {
    var bar = place.querySelector("progress");
    var failures = 0;

    function ask() {
      fetch(place.dataset.wait, { credentials: "same-origin", redirect: "error" })
        .then(function (answer) {
          if (!answer.ok) throw new Error(answer.status);
          if (answer.headers.get("X-Waiting") !== "1") {
            window.location.reload();
            return null;
          }
          return answer.text();
        })
        .then(function (percent) {
          if (percent === null) return;
          failures = 0;
          if (bar) bar.value = Number(percent);
          window.setTimeout(ask, 2000);
        })
        .catch(function () {
          failures += 1;
          if (failures < 30) window.setTimeout(ask, 5000);
        });
    }

    window.setTimeout(ask, 1500);
  });
})();
