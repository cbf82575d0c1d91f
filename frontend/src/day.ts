// The pages of a gathering's day: a page asks for it by name.
import "./day/day";
