// The islands of who reads files: from one to the next by keyboard, and without network.
import "./review/kept";
import "./review/keys";
import "./review/versus";
