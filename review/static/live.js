// Pages that are watched live: htmx looks at a page as soon as it is there itself, and so before
// the extension for server-sent events is; it has to look once more.
"use strict";

htmx.process(document.body);
