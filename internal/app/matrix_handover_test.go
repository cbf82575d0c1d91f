package app

func init() {
	for _, act := range []string{"", "/take", "/refuse", "/withdraw"} {
		alsoJudged["POST /assignments/{id}/offers"+act] = "the reading that is offered, and the seat of who acts"
	}
}
