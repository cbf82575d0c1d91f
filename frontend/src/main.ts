import "./islands/errors";
import "./islands/counter";
import "./islands/menu";
