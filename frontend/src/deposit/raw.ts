// The raw value of a question, in the shape that form.Field.Decode takes, from what its
// controls hold. It mirrors form.DecodeHTML.

export type Entry = [name: string, value: string];

interface Node {
	values: string[];
	kids: Map<string, Node>;
}

const empty = (): Node => ({ values: [], kids: new Map() });

function tree(field: string, entries: Entry[]): Node {
	const root = empty();
	const name = "f." + field;
	for (const [key, value] of entries) {
		if (key !== name && !key.startsWith(name + ".")) continue;
		let node = root;
		for (const part of key.slice(name.length + 1).split(".").filter(Boolean)) {
			const kid = node.kids.get(part) ?? empty();
			node.kids.set(part, kid);
			node = kid;
		}
		node.values.push(value);
	}
	return root;
}

const text = (node: Node | undefined): string => node?.values.filter((value) => value !== "").pop() ?? "";
const list = (node: Node): string[] => node.values.filter((value) => value !== "");

const parts = (node: Node): Record<string, string> => Object.fromEntries([...node.kids].map(([name, kid]) => [name, text(kid)]));

function rows(node: Node | undefined): Node[] {
	const numbered = [...(node?.kids ?? [])].filter(([name]) => /^\d+$/.test(name));
	return numbered.sort(([a], [b]) => Number(a) - Number(b)).map(([, kid]) => kid);
}

/** "other" and the words beside it are one value, "other:words". */
function withOther(chosen: string, own: string): string {
	return chosen === "other" || (chosen === "" && own.trim() !== "") ? "other:" + own : chosen;
}

function levels(node: Node): string[] {
	const out: string[] = [];
	for (let level = 0; level < 3; level++) {
		const value = text(node.kids.get(String(level)));
		if (!value) break;
		out.push(value);
	}
	return out;
}

function ranked(node: Node): string[] {
	const given = [...node.kids].map(([option, kid]) => ({ option, rank: Number(text(kid)) }));
	return given.filter(({ rank }) => rank > 0).sort((a, b) => a.rank - b.rank).map(({ option }) => option);
}

function scored(node: Node): Record<string, unknown> {
	return Object.fromEntries([...node.kids].map(([dimension, kid]) => [dimension, parts(kid)]));
}

function shape(type: string, node: Node, columns: Record<string, string>): unknown {
	switch (type) {
		case "choice":
			return withOther(text(node), text(node.kids.get("other")));
		case "choices": {
			const own = text(node.kids.get("other"));
			const chosen = list(node);
			const others = chosen.includes("other") || own.trim() !== "" ? ["other:" + own] : [];
			return [...chosen.filter((value) => value !== "other"), ...others];
		}
		case "territory":
		case "commitments":
		case "file":
			return list(node);
		case "linked":
			return levels(node);
		case "ranking":
			return ranked(node);
		case "assessment":
			return scored(node);
		case "matrix":
		case "shares":
		case "period":
		case "organisation":
		case "contact":
		case "address":
			return parts(node);
		case "repeat":
		case "team":
		case "milestones":
		case "indicators":
			return rows(node).map((row) =>
				Object.fromEntries([...row.kids].map(([column, kid]) => [column, shape(columns[column] ?? "text", kid, {})])),
			);
		case "budget":
			return {
				expenses: rows(node.kids.get("expenses")).map(parts),
				income: rows(node.kids.get("income")).map(parts),
			};
		default:
			return text(node);
	}
}

/** The value of a question; columns gives the type of each column of a table. */
export function raw(type: string, field: string, entries: Entry[], columns: Record<string, string> = {}): unknown {
	return shape(type, tree(field, entries), columns);
}
