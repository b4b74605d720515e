/** Messages of frames that are gone by the time they arrive: nobody is left to be answered. */
addEventListener("message", (event) => event.source ?? event.stopImmediatePropagation());
