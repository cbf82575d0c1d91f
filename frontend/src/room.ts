// The deliberation room: a page asks for it by name.
import "./room/room";
