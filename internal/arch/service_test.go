package arch

import (
	"fmt"
	"go/ast"
	"testing"
)

// anonymous lists the exported Service methods that nobody acts in, each with its reason.
var anonymous = map[string]string{
	"account.Authenticate":     "it is how the program learns who acts",
	"account.AskLink":          "asked by somebody who is not known yet",
	"account.LinkEmail":        "asked by somebody who is not known yet: the token is the proof",
	"account.AskedEmail":       "asked by somebody who is not known yet: the token is the proof",
	"account.Sweep":            "a job, which acts as the program",
	"account.BeforeSweep":      "wires the service, before anybody acts",
	"project.OnMark":           "wires the service, before anybody acts",
	"credential.HasPasskeys":   "says what the address of the install allows, to anybody",
	"credential.Listen":        "wires the service, before anybody acts",
	"room.Close":               "the program stops: it closes every board, for nobody",
	"room.CallTo":              "placing has decided who may send people, and where",
	"credential.Sweep":         "a job, which acts as the program",
	"credential.Doors":         "the providers stand on the sign-in page, for everybody",
	"credential.Label":         "the name of a provider is for everybody",
	"credential.AskKey":        "asked by somebody who is not known yet",
	"policy.AskTwice":          "wires the service, before anybody acts",
	"account.MarkSecondFactor": "credentials say it of a person, in the transaction of whoever acts",
	"account.Allowed":          "counts a try of somebody who may not be known yet",
	"account.AllowedFrom":      "counts a try of somebody who is not known yet",
	"account.Suggest":          "a provider says it of a person who has just proved who she is",
	"application.PublicKey":    "the key that verifies receipts is for everybody",
	"application.Checks":       "computes on a file that was already opened for whoever acts",
	"application.CheckReceipt": "anybody who holds a receipt may have it checked: it says nothing that the receipt does not",
	"continuity.Beat":          "the program shows that it is there",
	"continuity.Skip":          "the clock of a demonstration is moved, by anybody",
	"continuity.Run":           "the program shows that it is there",
	"notify.Enqueue":           "in the transaction of an act that was already decided, for whoever acts there",
	"notify.Holds":             "says how the install is set up",
	"notify.Show":              "sets words that were already read for whoever acts",
	"notify.Listen":            "wires the outbox to what happens elsewhere",
	"token.Authenticate":       "it is how the program learns who acts",
	"token.Spend":              "counts the requests of whoever asks, known or not",
	"token.Sweep":              "a job, which acts as the program",
	"webhook.Listen":           "wires the webhooks to what happens elsewhere",
	"webhook.Run":              "the loop that sends, which acts as the program",
	"webhook.Deliver":          "the loop that sends, which acts as the program",
	"schedule.Current":         "other services read it for somebody they have asked the policy about",
	"papers.Read":              "a secret address opens it, to whoever holds it",
	"survey.Open":              "a secret address opens it, to whoever holds it",
	"survey.Save":              "a secret address opens it, to whoever holds it",
	"survey.Withdraw":          "a secret address opens it, to whoever holds it",
	"news.Open":                "a secret address opens it, to whoever holds it",
	"news.Tell":                "a secret address opens it, to whoever holds it",
	"news.Run":                 "a job, which acts as the program",
	"survey.Run":               "a job, which acts as the program",
	"booking.Follow":           "a secret address opens it, to whoever holds it",
	"pulse.Beat":               "in the transaction of an act that was already decided, for whoever acts there",
	"gathering.Watch":          "wires the rooms of boards to who comes and goes",
	"account.AdmitCarried":     "in the transaction of an act that a venue's key opened",
	"gathering.Bring":          "in the transaction of an act that a venue's key opened",
	"room.Together":            "each operation names its author, and is judged as hers",
	"venue.Take":               "a laptop asks, with its key",
	"venue.Content":            "a laptop asks, with its key",
	"venue.Welcome":            "a laptop brings, with its key",
	"venue.Bring":              "a laptop brings, with its key; each operation names its author",
	"venue.Report":             "a laptop asks, with its key",
	"venue.Draw":               "the command line of the laptop, whose operator holds its disk",
	"venue.Unpack":             "the command line of the laptop, whose operator holds its disk",
	"venue.Carrying":           "which gathering a laptop carries is for everybody who reaches it",
	"venue.Guests":             "the laptop, which brings what is on it",
	"venue.Holds":              "the laptop, which brings what is on it",
	"venue.Pending":            "the laptop, which brings what is on it",
	"venue.Settle":             "the laptop, which keeps what home answered",
	"venue.Absorb":             "the laptop, which keeps what home sent",
	"venue.Album":              "a laptop asks, with its key",
	"venue.Picture":            "a laptop asks, with its key",
	"venue.Hang":               "a laptop brings, with its key; each picture names who sent it",
	"venue.Shelf":              "the laptop, which brings what is on it",
	"venue.Open":               "the laptop, which brings what is on it",
	"venue.Receive":            "the laptop, which keeps what home sent",
	"photo.Bytes":              "venues, which see to who asks",
	"photo.TakeIn":             "venues, which see to who brings",
	"venue.Waiting":            "the laptop, which counts what is on it",
	"policy.Rights":            "wires the policy into accounts, who stand below it",
}

func TestServiceMethodsSayWhoActs(t *testing.T) { hold(t, serviceFaults) }

// serviceFaults wants ctx, then who acts. Inside the transaction of another act,
// that one comes between the two. What takes a db.Reader reads for an act that was
// already decided: only capabilities can hold one, never a page.
func serviceFaults(h *house) (faults []string) {
	for _, s := range h.production() {
		if kind, _ := kindOf(s.dir); kind != "capability" {
			continue
		}
		eachFunction(s, func(name string, f *ast.FuncDecl) {
			if f.Recv == nil || !f.Name.IsExported() || typeName(f.Recv.List[0].Type) != "*Service" || anonymous[s.tree.Name.Name+"."+name] != "" {
				return
			}
			user := "account.User"
			if s.tree.Name.Name == "account" {
				user = "User"
			}
			if !saysWhoActs(parameters(f), user) {
				faults = append(faults, fmt.Sprintf("%s: %s takes ctx, then by %s (or stands in internal/arch's list, with its reason)", h.at(f.Pos()), name, user))
			}
		})
	}
	return faults
}

func saysWhoActs(params []parameter, user string) bool {
	if len(params) < 2 || params[0].kind != "context.Context" {
		return false
	}
	rest := params[1:]
	if rest[0].kind == "db.Reader" {
		return true
	}
	if len(rest) > 1 && rest[0].kind == "*db.Tx" {
		rest = rest[1:]
	}
	return rest[0].kind == user && (rest[0].name == "by" || rest[0].name == "_")
}

func TestAnonymousMethodsExist(t *testing.T) {
	found := map[string]bool{}
	for _, s := range theHouse(t).production() {
		eachFunction(s, func(name string, f *ast.FuncDecl) {
			if f.Recv != nil && typeName(f.Recv.List[0].Type) == "*Service" {
				found[s.tree.Name.Name+"."+name] = true
			}
		})
	}
	for name := range anonymous {
		if !found[name] {
			t.Errorf("%s stands in the list of exceptions and does not exist", name)
		}
	}
}
