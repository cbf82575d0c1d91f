// The sequence of pitches: a page asks for it by name.
import "./pitch/timer";
import "./pitch/keys";
