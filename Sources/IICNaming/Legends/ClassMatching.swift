package import IICInfer

/// Which class of a model is which of an older one, by the pixels that both have labelled.
package struct ClassMatching: Sendable, Equatable {
    package let oldClasses: Int
    package let newClasses: Int
    /// Pixels by the old class, then by the new one.
    package let counts: [Int]
    /// For each number in the new order, the new model's class that gets it: first those of the old
    /// model's classes, then the others as they were.
    package let order: [Int]

    /// The best one-to-one assignment.
    ///
    /// - Throws: ``LegendError`` for a model of fewer classes, which cannot have all numbers.
    package init(counts: [Int], oldClasses: Int, newClasses: Int) throws(LegendError) {
        precondition(counts.count == oldClasses * newClasses)
        guard newClasses >= oldClasses else {
            throw LegendError(
                "The model has \(newClasses) classes and the old one \(oldClasses), whose numbers it "
                    + "cannot all have: train it with at least as many.")
        }
        self.oldClasses = oldClasses
        self.newClasses = newClasses
        self.counts = counts
        let pairs = bestAssignment(values: counts, rows: oldClasses, columns: newClasses)
            .compactMap(\.self)
        order = pairs + (0..<newClasses).filter { !pairs.contains($0) }
    }

    /// How well one class was found again.
    package struct Agreement: Sendable, Equatable {
        /// Pixels that both models give it, that the old one does, and that the new one does.
        package var common: Int
        package var old: Int
        package var new: Int

        /// Shares of its pixels then and now that it has in the other model, too; 0 of none.
        package var ofOld: Double { old == 0 ? 0 : Double(common) / Double(old) }
        package var ofNew: Double { new == 0 ? 0 : Double(common) / Double(new) }

        /// Whether most of what one of the models calls so is something else in the other.
        package var isWeak: Bool { min(ofOld, ofNew) < 0.5 }
    }

    /// Of each class of the old model.
    package var agreements: [Agreement] {
        (0..<oldClasses).map { old in
            let new = order[old]
            return Agreement(
                common: counts[old * newClasses + new],
                old: counts[old * newClasses..<(old + 1) * newClasses].reduce(0, +),
                new: (0..<oldClasses).reduce(0) { $0 + counts[$1 * newClasses + new] })
        }
    }

    /// Pixels that both models have labelled.
    package var pixels: Int { counts.reduce(0, +) }

    /// The share of them that have the same class in both.
    package var total: Double {
        pixels == 0 ? 0 : Double(agreements.reduce(0) { $0 + $1.common }) / Double(pixels)
    }

    /// The new model with the old one's numbers, names and colours.
    ///
    /// What the old one does not know keeps its own name and colour, and so does a class that has no
    /// pixel in common with the one whose number it gets; what had no name is called by its new
    /// number.
    package func apply(to model: ModelBundle, from old: Legend) -> ModelBundle {
        precondition(model.mapClasses == newClasses && old.entries.count == oldClasses)
        let unnamed = Legend.unnamed(classes: newClasses).entries
        var result = model.reordered(order)
        let agreements = agreements
        for value in 0..<newClasses {
            if value < oldClasses, agreements[value].common > 0 {
                result.legend.entries[value] = old.entries[value]
                continue
            }
            let before = unnamed[order[value]]
            if result.legend.entries[value].name == before.name {
                result.legend.entries[value].name = unnamed[value].name
            }
            if result.legend.entries[value].colour == before.colour {
                result.legend.entries[value].colour = unnamed[value].colour
            }
        }
        return result
    }
}
