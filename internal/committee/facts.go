package committee

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"transformateur/internal/account"
	"transformateur/internal/application"
	"transformateur/internal/call"
	"transformateur/internal/form"
	"transformateur/internal/platform/db"
)

// roles are those of a project's team, as a list of SQL.
const roles = `'owner', 'signatory', 'editor', 'helper', 'reader'`

// facts reads what the detection compares: every deposited file of a call, and the directory.
func (s *Service) facts(ctx context.Context, r db.Reader, c call.Call) (detector, error) {
	houses, err := directory(ctx, r)
	if err != nil {
		return detector{}, err
	}
	d := detector{houses: houses}
	files, err := db.List(ctx, r, db.Value[string], `select id from applications where call_id = $1 and status in ('submitted', 'reopened') and deleted_at is null order by id`, string(c.ID))
	if err != nil {
		return d, fmt.Errorf("list the deposited files of %s: %w", c.ID, err)
	}
	byFile := map[application.ID]*Bearer{}
	d.bearers = make([]Bearer, len(files))
	for i, id := range files {
		d.bearers[i].File = application.ID(id)
		byFile[application.ID(id)] = &d.bearers[i]
	}
	if err := s.answers(ctx, r, c, byFile); err != nil {
		return d, err
	}
	if err := s.teams(ctx, r, c, byFile); err != nil {
		return d, err
	}
	if err := opposed(ctx, r, c, byFile); err != nil {
		return d, err
	}
	if s.supports == nil {
		return d, nil
	}
	given, err := s.supports.Given(ctx, r, c)
	for _, one := range given {
		if b := byFile[one.File]; b != nil && one.Person != "" {
			b.Patrons = append(b.Patrons, one.Person)
		} else if b != nil {
			b.Sponsors = append(b.Sponsors, one.House)
		}
	}
	return d, err
}

// directory reads every organisation with its former names.
func directory(ctx context.Context, r db.Reader) (*Houses, error) {
	type name struct{ id, name string }
	names, err := db.List(ctx, r, func(sc db.Scanner) (n name, err error) {
		err = sc.Scan(&n.id, &n.name)
		return n, err
	}, `select organisation_id, name from organisation_names order by organisation_id, name`)
	if err != nil {
		return nil, fmt.Errorf("read the former names: %w", err)
	}
	former := map[string][]string{}
	for _, n := range names {
		former[n.id] = append(former[n.id], n.name)
	}
	list, err := db.List(ctx, r, func(sc db.Scanner) (h House, err error) {
		err = sc.Scan(&h.ID, &h.Name, &h.SIRET, &h.RNA, &h.Domain, &h.Successor, &h.Parent)
		h.Former = former[string(h.ID)]
		return h, err
	}, `select id, name, coalesce(siret, ''), coalesce(rna, ''), domain, coalesce(successor_id, ''), coalesce(parent_id, '') from organisations order by id`)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return NewHouses(list), nil
}

// answers reads what the last deposit of each file says of organisations and addresses.
func (s *Service) answers(ctx context.Context, r db.Reader, c call.Call, into map[application.ID]*Bearer) error {
	type row struct {
		id       application.ID
		content  string
		revision int
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.id, &x.content, &x.revision)
		return x, err
	}, `select s.application_id, s.content, s.form_revision from submissions s join applications a on a.id = s.application_id
		where a.call_id = $1 and s.seq = (select max(seq) from submissions where application_id = a.id) order by s.application_id`, string(c.ID))
	if err != nil {
		return fmt.Errorf("read the deposits of %s: %w", c.ID, err)
	}
	for _, x := range rows {
		b := into[x.id]
		if b == nil {
			continue
		}
		f, err := s.calls.Form(ctx, r, c.ID, x.revision)
		if err != nil {
			return err
		}
		values, err := form.ParseAnswers([]byte(x.content))
		if err != nil {
			return fmt.Errorf("read the deposit of %s: %w", x.id, err)
		}
		for _, field := range f.Form.Fields() {
			b.says(field.Type, values[field.ID])
		}
	}
	return nil
}

// says keeps what one answer tells of who stands behind a file.
func (b *Bearer) says(kind string, value any) {
	part := func(name string) string {
		object, _ := value.(map[string]any)
		said, _ := object[name].(string)
		return strings.TrimSpace(said)
	}
	add := func(list *[]string, said string) {
		if said != "" {
			*list = append(*list, said)
		}
	}
	switch kind {
	case "organisation":
		add(&b.Numbers, part("id"))
		add(&b.Names, part("name"))
	case "contact":
		add(&b.Names, part("organisation"))
		add(&b.Domains, domainOf(part("email")))
	case "email":
		said, _ := value.(string)
		add(&b.Domains, domainOf(said))
	}
}

func domainOf(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(email[at+1:]))
}

// teams reads who is, or was, in the team of each file, and where they belong.
func (s *Service) teams(ctx context.Context, r db.Reader, c call.Call, into map[application.ID]*Bearer) error {
	type row struct {
		id application.ID
		Mate
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.id, &x.Person, &x.Role, &x.Past)
		return x, err
	}, `select w.object_id, w.subject_id, w.relation, w.revoked_at is not null or w.valid_until is not null and w.valid_until <= $2
		from relations w join applications a on a.id = w.object_id
		where w.object_kind = 'application' and w.subject_kind = 'person' and w.relation in (`+roles+`) and a.call_id = $1
		order by w.object_id, w.granted_at, w.id`, string(c.ID), s.clock.Now())
	if err != nil {
		return fmt.Errorf("read the teams of %s: %w", c.ID, err)
	}
	mates := `select w.subject_id from relations w join applications a on a.id = w.object_id
		where w.object_kind = 'application' and w.subject_kind = 'person' and w.relation in (` + roles + `) and a.call_id = $1`
	stays, domains, err := s.belonging(ctx, r, mates, string(c.ID))
	if err != nil {
		return err
	}
	for _, x := range rows {
		if b := into[x.id]; b != nil {
			x.Stays, x.Domains = stays[x.Person], domains[x.Person]
			b.Team = append(b.Team, x.Mate)
		}
	}
	return nil
}

// belonging reads the organisations, present and past, and the domains of the addresses
// of the people that a query, whose only placeholder is $1, finds.
func (s *Service) belonging(ctx context.Context, r db.Reader, people, arg string) (map[account.PersonID][]Stay, map[account.PersonID][]string, error) {
	type row struct {
		person account.PersonID
		Stay
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.person, &x.House, &x.Past)
		return x, err
	}, `select person_id, organisation_id, until_at is not null and until_at <= $2 from organisation_members where person_id in (`+people+`) order by person_id, from_at, organisation_id`, arg, s.clock.Now())
	if err != nil {
		return nil, nil, fmt.Errorf("read where people belong: %w", err)
	}
	stays, domains := map[account.PersonID][]Stay{}, map[account.PersonID][]string{}
	for _, x := range rows {
		if !slices.Contains(stays[x.person], x.Stay) {
			stays[x.person] = append(stays[x.person], x.Stay)
		}
	}
	type address struct {
		person account.PersonID
		email  string
	}
	addresses, err := db.List(ctx, r, func(sc db.Scanner) (x address, err error) {
		err = sc.Scan(&x.person, &x.email)
		return x, err
	}, `select person_id, email from addresses where person_id in (`+people+`) order by person_id, email`, arg)
	if err != nil {
		return nil, nil, fmt.Errorf("read the addresses of people: %w", err)
	}
	for _, x := range addresses {
		if domain := domainOf(x.email); !slices.Contains(domains[x.person], domain) {
			domains[x.person] = append(domains[x.person], domain)
		}
	}
	return stays, domains, nil
}

// opposed reads what teams asked.
func opposed(ctx context.Context, r db.Reader, c call.Call, into map[application.ID]*Bearer) error {
	type row struct {
		id application.ID
		Opposition
	}
	rows, err := db.List(ctx, r, func(sc db.Scanner) (x row, err error) {
		err = sc.Scan(&x.id, &x.ID, &x.House, &x.Name, &x.Reason)
		return x, err
	}, `select o.application_id, o.id, coalesce(o.organisation_id, ''), o.name, o.reason from oppositions o join applications a on a.id = o.application_id
		where a.call_id = $1 and o.withdrawn_at is null order by o.asked_at, o.id`, string(c.ID))
	for _, x := range rows {
		if b := into[x.id]; b != nil {
			b.Opposed = append(b.Opposed, x.Opposition)
		}
	}
	if err != nil {
		return fmt.Errorf("read the oppositions of %s: %w", c.ID, err)
	}
	return nil
}

// sitter reads what is known of who sits, or would: by her account once there is one,
// by the address until then.
func (s *Service) sitter(ctx context.Context, r db.Reader, m Member, houses *Houses) (Sitter, error) {
	who := Sitter{Person: m.Person, Name: m.Name, For: m.OrganisationID}
	add := func(domain string) {
		if domain != "" && !slices.Contains(who.Domains, domain) {
			who.Domains = append(who.Domains, domain)
		}
	}
	add(domainOf(m.Email))
	add(houses.Domain(m.OrganisationID))
	if who.Person == "" {
		known, err := db.List(ctx, r, db.Value[string], `select coalesce(p.merged_into, p.id) from addresses a join people p on p.id = a.person_id where a.email = $1`, m.Email)
		if err != nil {
			return who, fmt.Errorf("find who has an address: %w", err)
		}
		if len(known) == 0 {
			return who, nil
		}
		who.Person = account.PersonID(known[0])
	}
	stays, domains, err := s.belonging(ctx, r, `select id from people where id = $1 or merged_into = $1`, string(who.Person))
	if err != nil {
		return who, err
	}
	for _, person := range sortedKeys(stays) {
		who.Stays = append(who.Stays, stays[person]...)
	}
	for _, person := range sortedKeys(domains) {
		for _, domain := range domains[person] {
			add(domain)
		}
	}
	return who, nil
}

func sortedKeys[V any](m map[account.PersonID]V) []account.PersonID {
	return slices.Sorted(maps.Keys(m))
}
