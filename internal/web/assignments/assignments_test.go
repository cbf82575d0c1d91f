package assignments_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/assignment"
	"transformateur/internal/committee"
	"transformateur/internal/committee/committeetest"
	"transformateur/internal/i18n"
	"transformateur/internal/platform/db/dbtest"
	"transformateur/internal/solve/assign"
	"transformateur/internal/web/assignments"
	"transformateur/internal/web/ui/pagetest"
)

var ctx = context.Background()

// house is the pages over a committee of three who have four files to read.
type house struct {
	*committeetest.World
	lang        i18n.Lang
	s           *assignment.Service
	files       []application.ID
	chair, marc account.User
}

func inBoth(t *testing.T, body func(t *testing.T, h *house)) {
	for _, lang := range i18n.Langs {
		t.Run(string(lang), func(t *testing.T) {
			d := dbtest.SQLite(t)
			h := &house{World: committeetest.New(t, d), lang: lang}
			h.s = assignment.New(assignment.Deps{DB: d, Clock: h.Clock, Policy: h.Policy, Bus: h.Bus, Calls: h.Calls, Committees: h.Committees})
			for _, title := range []string{"Potager partagé", "Sonnettes", "Ludothèque", "Vélos"} {
				h.files = append(h.files, h.Deposit(h.Ana, title))
			}
			h.Close(h.files...)
			settings := committeetest.Settings()
			settings.Bidding = true
			sel, err := h.Committees.Edit(ctx, h.Lead, h.Selection.ID, settings, h.Selection.Version)
			h.Must(err)
			h.Selection = sel
			h.chair = h.sits("chair@club.example", "Chantal Roy", committee.Chair)
			h.marc = h.sits("marc@club.example", "Marc Bois", committee.Juror)
			h.sits("nina@club.example", "Nina Val", committee.Juror)
			h.Settle()
			body(t, h)
		})
	}
}

func (h *house) sits(email, name string, role committee.Role) account.User {
	by := h.Somebody(email, name)
	h.Seat(by, committee.Seat{Email: email, Role: role})
	return by
}

func (h *house) as(by account.User) pagetest.Site {
	return pagetest.Site{Routes: (&assignments.Handler{Assignments: h.s}).Routes(), By: by, Lang: h.lang}
}

func (h *house) at(parts ...string) string {
	return strings.Join(append([]string{"/assignments", string(h.Selection.ID)}, parts...), "/")
}

// page wants a page that is sound and says something of the catalogue.
func (h *house) page(t *testing.T, by account.User, path, key string, args ...any) string {
	t.Helper()
	body := h.as(by).Page(t, path)
	if want := html(i18n.Say(h.lang, key, args...)); !strings.Contains(body, want) {
		t.Errorf("%s does not say %q", path, want)
	}
	return body
}

// send posts a form, as pairs of a field and its value, and wants a status.
func (h *house) send(t *testing.T, by account.User, path string, status int, pairs ...string) string {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	a := h.as(by).Post(t, path, form)
	if a.Status != status {
		t.Fatalf("POST %s: %d, want %d\n%s", path, a.Status, status, a.Body)
	}
	if status != http.StatusSeeOther {
		pagetest.Check(t, a.Body)
	}
	return a.Body
}

// version is the plan's, as a page that was just read holds it.
func (h *house) version() string {
	b, err := h.s.Board(ctx, h.Lead, h.Selection.ID)
	h.Must(err)
	return strconv.FormatInt(b.Plan.Version, 10)
}

func html(s string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&#39;", "\"", "&#34;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func TestAnAssignmentFromWishesToPublication(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		h.page(t, h.marc, h.at("bids"), "assignments.bids_text")
		h.send(t, h.marc, h.at("bids"), http.StatusUnprocessableEntity, "wish."+string(h.files[0]), "perhaps")
		h.send(t, h.marc, h.at("bids"), http.StatusSeeOther, "wish."+string(h.files[0]), "eager", "wish."+string(h.files[1]), "no")

		h.page(t, h.Lead, h.at(), "assignments.propose")
		h.page(t, h.Lead, h.at("settings"), "assignments.weights_text")
		bad := h.send(t, h.Lead, h.at("settings"), http.StatusUnprocessableEntity, "version", "0", "readers", "none", "objective", "fair")
		if !strings.Contains(bad, html(i18n.Say(h.lang, "assignment.readers_range", 20))) {
			t.Error("what is wrong with the figure is not said")
		}
		h.send(t, h.Lead, h.at("settings"), http.StatusSeeOther, "version", "0", "readers", "1", "objective", "fair", "competence", "1", "text", "0,5", "bid", "1", "needs", "role:member", "seed", "7")
		h.send(t, h.Lead, h.at("settings"), http.StatusConflict, "version", "0", "readers", "1", "objective", "fair")
		h.send(t, h.Lead, h.at("propose"), http.StatusSeeOther)

		h.page(t, h.Lead, h.at(), "assignments.publish_later")
		h.page(t, h.Lead, h.at("files", string(h.files[0])), "assignments.readers_of")
		h.send(t, h.Lead, h.at("publish"), http.StatusConflict, "version", h.version())
		h.Must(h.Committees.Begin(ctx, h.Lead, h.Selection.ID))
		h.send(t, h.Lead, h.at("publish"), http.StatusConflict, "version", "no")
		h.send(t, h.Lead, h.at("publish"), http.StatusSeeOther, "version", h.version())
		h.page(t, h.Lead, h.at(), "assignments.publish_same")

		ill := string(seat(t, h, h.marc))
		h.page(t, h.Lead, h.at("repair"), "assignments.away_hint")
		shown := h.page(t, h.Lead, h.at("repair")+"?asked=yes&away="+ill, "assignments.fewest_proved")
		seen := regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`).FindStringSubmatch(shown)
		if len(seen) != 2 {
			t.Fatal("the page of a repair does not hold what was seen")
		}
		h.page(t, h.Lead, h.at(), "assignments.publish_same")
		h.send(t, h.Lead, h.at("repair"), http.StatusConflict, "away", ill, "way", "fewest", "seen", "something else")
		h.send(t, h.Lead, h.at("repair"), http.StatusUnprocessableEntity, "away", ill, "way", "any")
		h.send(t, h.Lead, h.at("repair"), http.StatusSeeOther, "away", ill, "way", "fewest", "seen", seen[1])
		h.page(t, h.Lead, h.at(), "assignments.publish_text")
		h.page(t, h.Lead, h.at("members"), "assignments.bound_away")
		h.send(t, h.Lead, h.at("freeze"), http.StatusSeeOther, "version", h.version(), "frozen", "yes")
		h.page(t, h.Lead, h.at(), "assignments.state_frozen")
		h.send(t, h.Lead, h.at("propose"), http.StatusConflict)
		h.send(t, h.Lead, h.at("freeze"), http.StatusSeeOther, "version", h.version(), "frozen", "no")
	})
}

func seat(t *testing.T, h *house, by account.User) committee.MemberID {
	t.Helper()
	m, err := committee.SeatOf(ctx, h.DB.Reader(), h.Selection.ID, by.ID)
	h.Must(err)
	return m.ID
}

func TestByHand(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		file, marc := h.at("files", string(h.files[0])), string(seat(t, h, h.marc))
		for _, act := range []string{"give", "pin", "unpin", "take", "bar", "unbar"} {
			h.send(t, h.Lead, file, http.StatusSeeOther, "act", act, "member", marc, "version", h.version())
			h.page(t, h.Lead, file, "assignments.others")
		}
		h.send(t, h.Lead, file, http.StatusUnprocessableEntity, "act", "juggle", "member", marc, "version", h.version())
		h.send(t, h.Lead, file, http.StatusConflict, "act", "give", "member", marc, "version", "99")
		h.Must(h.Committees.Declare(ctx, h.marc, h.Selection.ID, h.files[0], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		h.page(t, h.Lead, file, "assignments.is_recused")
		said := h.send(t, h.Lead, file, http.StatusConflict, "act", "give", "member", marc, "version", h.version())
		if !strings.Contains(said, html(i18n.Say(h.lang, "assignment.recused"))) {
			t.Error("the refusal does not say that she stepped aside")
		}
	})
}

func TestWhyThereIsNoAssignmentIsSaid(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		h.send(t, h.Lead, h.at("settings"), http.StatusSeeOther, "version", "0", "readers", "2", "most", "2", "objective", "total", "seed", "1")
		h.send(t, h.Lead, h.at("propose"), http.StatusSeeOther)
		body := h.page(t, h.Lead, h.at(), "assignments.impossible")
		want := html(i18n.Say(h.lang, "assignments.clash_shortage", i18n.Say(h.lang, "assignments.all_files"), i18n.Say(h.lang, "assignments.all_members"), 8, 6))
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	})
}

func TestARecusedChairReadsNothingOfHerFile(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		h.Must(h.Committees.Declare(ctx, h.chair, h.Selection.ID, h.files[1], committee.Cause{Kind: committee.Declarable[0], Detail: "Un proche"}))
		h.send(t, h.chair, h.at("propose"), http.StatusSeeOther)
		b, err := h.s.Board(ctx, h.chair, h.Selection.ID)
		h.Must(err)
		all := h.page(t, h.chair, h.at(), "assignments.files")
		for _, path := range []string{h.at("plan.csv"), h.at("runs", b.Run.ID, "problem.json"), h.at("runs", b.Run.ID, "result.json"), h.at("files", string(h.files[0]))} {
			a := h.as(h.chair).Get(t, path)
			if a.Status != http.StatusOK {
				t.Errorf("%s answers %d", path, a.Status)
			}
			all += a.Body
		}
		if strings.Contains(all, "Sonnettes") || strings.Contains(all, string(h.files[1])) {
			t.Error("her pages name the file from which she is kept")
		}
		if !strings.Contains(all, "3. ") || strings.Contains(all, "4. Vélos") {
			t.Error("the numbering does not close up")
		}
		if a := h.as(h.chair).Get(t, h.at("files", string(h.files[1]))); a.Status != http.StatusNotFound {
			t.Errorf("its page answers %d", a.Status)
		}
	})
}

func TestTheSheetGoesOutAndComesBack(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		h.send(t, h.Lead, h.at("propose"), http.StatusSeeOther)
		out := h.as(h.Lead).Get(t, h.at("plan.csv"))
		bring := func(content string) (int, string) {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			part, err := form.CreateFormFile("content", "affectation.csv")
			h.Must(err)
			_, err = part.Write([]byte(content))
			h.Must(err)
			h.Must(form.Close())
			a := h.as(h.Lead).Send(t, h.at("import"), form.FormDataContentType(), &body)
			pagetest.Check(t, a.Body)
			return a.Status, a.Body
		}
		says := func(body, key string, args ...any) {
			t.Helper()
			if want := html(i18n.Say(h.lang, key, args...)); !strings.Contains(body, want) {
				t.Errorf("the page does not say %q", want)
			}
		}
		before := h.version()
		status, body := bring(out.Body)
		says(body, "assignments.follow_nothing")
		if status != http.StatusOK {
			t.Errorf("the sheet that went out answers %d when it comes back", status)
		}
		status, body = bring("paper,action,email,round\n1,clearreview,#pc,any\n1,primary,marc@club.example,R1\n2,conflict,nina@club.example,\n2,clearreview,#pc,any\n1,assign,<script>alert(1)</script>\u202e,\n")
		if status != http.StatusOK || strings.Contains(body, "<script>alert") || strings.Contains(body, "\u202e") {
			t.Errorf("a hostile line answers %d, or comes through", status)
		}
		says(body, "assignment.row_conflict", 4)
		says(body, "assignments.remedy_member")
		says(body, "assignments.columns_left", i18n.Say(h.lang, "assignments.quoted", "round"))
		if h.version() != before {
			t.Error("looking at a sheet changes the plan")
		}
		follow := regexp.MustCompile(`name="content" value="([^"]+)"`).FindStringSubmatch(body)
		if len(follow) != 2 {
			t.Fatal("the page does not hold the lines to follow")
		}
		content := strings.ReplaceAll(follow[1], "&#34;", `"`)
		h.send(t, h.Lead, h.at("import", "follow"), http.StatusConflict, "version", "99", "content", content)
		h.send(t, h.Lead, h.at("import", "follow"), http.StatusSeeOther, "version", before, "content", content)
		h.send(t, h.Lead, h.at("import", "follow"), http.StatusUnprocessableEntity, "version", h.version(), "content", "file,action,email\n1,assign,nobody@example.org\n")
		if b, err := h.s.Board(ctx, h.Lead, h.Selection.ID); err != nil || b.Load(seat(t, h, h.marc)) == 0 {
			t.Errorf("the sheet is not followed: %v", err)
		}
		h.send(t, h.Lead, h.at("import"), http.StatusUnprocessableEntity, "version", h.version())
		b, err := h.s.Board(ctx, h.Lead, h.Selection.ID)
		h.Must(err)
		problem := h.as(h.Lead).Get(t, h.at("runs", b.Run.ID, "problem.json"))
		p, err := assign.Read(strings.NewReader(problem.Body))
		h.Must(err)
		again, err := assign.Solve(ctx, p)
		h.Must(err)
		if len(again.Pairs) != 4 || again.Total != b.Run.Result.Total {
			t.Errorf("replayed, the total is %v, and was %v", again.Total, b.Run.Result.Total)
		}
	})
}

func TestMemberByMember(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		h.send(t, h.marc, h.at("bids"), http.StatusSeeOther, "wish."+string(h.files[0]), "eager", "wish."+string(h.files[1]), "eager", "wish."+string(h.files[2]), "eager", "wish."+string(h.files[3]), "eager")
		h.send(t, h.Lead, h.at("settings"), http.StatusSeeOther, "version", "0", "readers", "1", "most", "2", "objective", "total", "even", "yes", "bid", "1", "seed", "1")
		h.page(t, h.Lead, h.at("members"), "assignments.members_lead")
		h.send(t, h.Lead, h.at("propose"), http.StatusSeeOther)
		all := h.page(t, h.Lead, h.at("members"), "assignments.bound_most")
		if !strings.Contains(all, html(i18n.Say(h.lang, "assignments.is_worst_member"))) {
			t.Error("the worst-off member is not named")
		}
		marc := string(seat(t, h, h.marc))
		one := h.page(t, h.Lead, h.at("members", marc), "assignments.reads_of")
		if !strings.Contains(one, html(i18n.Say(h.lang, "assignments.missed"))) {
			t.Error("what she wished for and others read is not said")
		}
		if a := h.as(h.Lead).Get(t, h.at("members", "nobody")); a.Status != http.StatusNotFound {
			t.Errorf("a member who is none answers %d", a.Status)
		}
		h.page(t, h.Lead, h.at("prices"), "assignments.price_even")
		h.page(t, h.Lead, h.at("repair"), "assignment.nothing_published")
		h.send(t, h.Lead, h.at("settings"), http.StatusSeeOther, "version", h.version(), "readers", "1", "objective", "total", "bid", "1", "cap", "60", "spread", "40", "seed", "5")
		h.send(t, h.Lead, h.at("propose"), http.StatusSeeOther)
		drawn := h.page(t, h.Lead, h.at(), "assignments.drawn_seed", "5")
		if !strings.Contains(drawn, html(i18n.SayN(h.lang, "assignments.tries", 2))) {
			t.Error("the number of calculations is not said")
		}
		h.page(t, h.Lead, h.at("settings"), "assignments.draw_text")
	})
}
