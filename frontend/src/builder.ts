// The workbench of a form: what changes is saved at once, cards move by hand or by keys, a
// trial answers while one types. Everything here also works by its buttons.
import "./builder/bench";
import "./builder/trial";
