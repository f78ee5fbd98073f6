// Everything works without scripts; with them, GOV.UK Frontend counts words, moves the focus to the error
// summary, and stops a button from being pressed twice.
import { initAll } from "./govuk-frontend.min.js";

initAll();
