import IICInfer
import Testing
import iicd

@Suite struct ProgressLineTests {
    private func line(_ style: ProgressLine.Style, total: Double = 200, done: Double = 0)
        -> ProgressLine
    {
        ProgressLine(
            label: "train", unit: "steps", total: total, done: done, style: style, at: .zero)
    }

    @Test func `a bar tells share, rate, time left and the note`() {
        var line = line(.bar)
        #expect(
            line.update(done: 50, note: "A −1.00", at: .seconds(10))
                == "train  25 % [#######·······················] 5 steps/s, 0:30 left  A −1.00")
    }

    @Test func `a bar is drawn ten times a second at most, and at the end in any case`() {
        var line = line(.bar)
        #expect(line.update(done: 1, note: "", at: .milliseconds(1)) != nil)
        #expect(line.update(done: 2, note: "", at: .milliseconds(100)) == nil)
        #expect(line.update(done: 2, note: "", at: .milliseconds(101)) != nil)
        #expect(line.update(done: 200, note: "", at: .milliseconds(102), last: true) != nil)
    }

    @Test(arguments: [0, 1, 10, 20, 40, 60, 80, 200])
    func `a bar never reaches the last column`(columns: Int) {
        var line = line(.bar)
        let text = line.update(
            done: 199, note: "loss A −0.1234, loss B −0.5678", columns: columns, at: .seconds(3000))
        #expect((text?.count ?? .max) <= max(0, columns - 1))
    }

    @Test func `lines come every ten seconds where something happened`() {
        var line = line(.lines)
        #expect(line.update(done: 10, note: "", at: .seconds(1)) == nil)
        #expect(
            line.update(done: 100, note: "x", at: .seconds(10))
                == "train: 50 %, 100 of 200 steps, 10 steps/s, 0:10 left, x")
        #expect(line.update(done: 100.5, note: "", at: .seconds(20)) == nil)
        #expect(line.update(done: 101, note: "", at: .seconds(71)) != nil)
    }

    @Test func `a resumed piece of work does not count what was done before`() {
        var line = line(.lines, done: 100)
        #expect(
            line.update(done: 110, note: "", at: .seconds(10))
                == "train: 55 %, 110 of 200 steps, 1 steps/s, 1:30 left")
    }

    @Test func `JSON lines are JSON`() throws {
        var line = line(.json)
        let drawn = line.update(done: 50, note: "a \"b\"", at: .seconds(10))
        let text = try #require(drawn)
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value["done"]?.number == 50 && value["total"]?.number == 200)
        #expect(value["rate"]?.number == 5 && value["secondsLeft"]?.number == 30)
        #expect(value["note"] == "a \"b\"" && value["task"] == "train")
    }

    @Test(arguments: [0, -1, .nan, .infinity] as [Double])
    func `a total that means nothing gives no nonsense`(total: Double) throws {
        for style in [ProgressLine.Style.bar, .lines, .json] {
            var line = line(style, total: total)
            let drawn = line.update(done: 5, note: "", at: .seconds(100), last: true)
            let text = try #require(drawn)
            #expect(!text.contains("left") && !text.contains("nan") && !text.contains("inf"))
        }
    }

    @Test func `long times are shown in hours`() {
        var line = line(.lines, total: 4800)
        #expect(
            line.update(done: 1, note: "", at: .seconds(11), last: true)?.contains("14:39:49 left")
                == true)
    }
}
