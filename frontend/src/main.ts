// The islands that any page may hold. Heavier ones have their own entry beside this
// file, and a page asks for them by name.
import "./islands/copy";
import "./islands/countdown";
import "./islands/counter";
import "./islands/dialog";
import "./islands/errors";
import "./islands/filter";
import "./islands/leave";
import "./islands/menu";
import "./islands/rows";
import "./islands/toast";
