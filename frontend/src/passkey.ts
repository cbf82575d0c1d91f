// Passkeys: signing in with one, and adding one. Without this script, links by mail
// do both; where the browser has no passkeys, nothing shows.
import "./passkey/add";
import "./passkey/use";
