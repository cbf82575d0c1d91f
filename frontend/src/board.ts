// The live board: a page asks for it by name.
import "./board/element";
