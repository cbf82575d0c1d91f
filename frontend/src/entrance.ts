// The door of a gathering: who arrives is noted with or without network.
import "./entrance/door";
