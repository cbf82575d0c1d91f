// The plan of a gathering as rooms by hours: a page asks for it by name.
import "./plan/carry";
