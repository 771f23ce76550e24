import Testing

@testable import IICNaming

@Suite struct AnswerTests {
    @Test func answersOfOnePixelDifferByTheirVerdict() {
        let answer = Answer(scene: "a.tif", x: 1, y: 2, verdict: .named("water"))
        var other = answer
        other.verdict = .notSure
        #expect(answer != other)
    }
}
