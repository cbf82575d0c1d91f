package app

func init() {
	alsoJudged["POST /privacy/holds/lift"] = "the hold that is lifted"
	alsoJudged["POST /account/data/erasure/cancel"] = "the request that is taken back"
	unfilled["{archive}"] = "only the person it is about finds it, and it is made by a job: the tests of internal/privacy try the others"
}
