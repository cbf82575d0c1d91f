// The islands of a draft: what one needs to write a file together and never lose a word.
import "./deposit/autosave";
import "./deposit/budget";
import "./deposit/linked";
import "./deposit/presence";
import "./deposit/ranking";
import "./deposit/repeat";
import "./deposit/shares";
import "./deposit/territory";
import "./deposit/upload";
