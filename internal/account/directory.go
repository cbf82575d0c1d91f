package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"transformateur/internal/platform/db"
	"transformateur/internal/platform/text"
)

// Found is an organisation that a search found, and the former name that matched if it was not the present one.
type Found struct {
	Organisation
	Former string
}

// SearchOrganisations finds organisations by words of their name or of a former
// one, accents and case aside, or by the beginning of their SIRET or RNA. An empty
// query lists the directory. The list is in the order of names.
func (s *Service) SearchOrganisations(ctx context.Context, by User, query string, limit int) ([]Found, error) {
	if err := signedIn(by); err != nil {
		return nil, err
	}
	folded := text.Fold(oneLine(query))
	number := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '.' || r == '-' {
			return -1
		}
		return r
	}, folded))
	if len(number) < 3 {
		number = "\x01" // matches nothing: too short to be the beginning of a number
	}
	args := []any{likely(number) + "%"}
	words := func(column string) string {
		conds := []string{"true"}
		for _, word := range strings.Fields(folded) {
			args = append(args, "%"+likely(word)+"%")
			conds = append(conds, fmt.Sprintf(`%s like $%d escape '\'`, column, len(args)))
		}
		return strings.Join(conds, " and ")
	}
	byName := words("o.folded")
	former := words("n.folded")
	args = append(args, limit)
	return db.List(ctx, s.db.Reader(), scanFound, `
		select `+organisationColumns+`,
			case when `+byName+` then '' else coalesce((select min(n.name) from organisation_names n where n.organisation_id = o.id and `+former+`), '') end
		from organisations o
		where (`+byName+`)
			or o.siret like $1 escape '\' or o.rna like $1 escape '\'
			or exists (select 1 from organisation_names n where n.organisation_id = o.id and `+former+`)
		order by o.folded, o.id limit $`+fmt.Sprint(len(args)), args...)
}

func scanFound(sc db.Scanner) (f Found, err error) {
	o := &f.Organisation
	err = sc.Scan(&o.ID, &o.Name, &o.Kind, &o.SIRET, &o.RNA, &o.Domain, &o.Territory, &o.Successor, &o.Parent, &o.CreatedAt, &f.Former)
	return f, err
}

// likely protects the characters that mean something to like.
func likely(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Lineage lists an organisation and every one it continues, is continued by, or is
// part of, step after step: a conflict of interest with one is a conflict with all.
// Bodies that merely share a parent are not in it.
func (s *Service) Lineage(ctx context.Context, r db.Reader, id OrganisationID) ([]OrganisationID, error) {
	list, err := db.List(ctx, r, db.Value[string], `
		with recursive line (id) as (
			select o.id from organisations o where o.id = $1
			union
			select n.id from line
			join organisations o on o.id = line.id
			join organisations n on n.id = o.successor_id or n.id = o.parent_id or n.successor_id = o.id)
		select id from line order by id`, string(id))
	if err != nil {
		return nil, fmt.Errorf("read the lineage of organisation %s: %w", id, err)
	}
	line := make([]OrganisationID, len(list))
	for i, one := range list {
		line[i] = OrganisationID(one)
	}
	return line, nil
}

// FindOrganisation reads what somebody typed to name an organisation: its SIRET or
// RNA, its name, or words that only one has. Nothing typed names none.
// Errors: Invalid on path (organisation.unknown, organisation.several).
func (s *Service) FindOrganisation(ctx context.Context, by User, path, typed string) (OrganisationID, error) {
	if typed = oneLine(typed); typed == "" {
		return "", nil
	}
	list, err := s.SearchOrganisations(ctx, by, typed, 20)
	if err != nil {
		return "", err
	}
	var same []OrganisationID
	for _, f := range list {
		if text.Fold(f.Name) == text.Fold(typed) {
			same = append(same, f.ID)
		}
	}
	switch {
	case len(same) == 1:
		return same[0], nil
	case len(list) == 1:
		return list[0].ID, nil
	case len(list) == 0:
		return "", invalid(path, "organisation.unknown")
	}
	return "", invalid(path, "organisation.several")
}
