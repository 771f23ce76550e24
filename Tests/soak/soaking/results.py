"""What a script says, and where it is kept."""
import os
import shutil

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "results")


class Results:
    """Prints lines, and keeps them in results/NAME.txt if asked to."""

    def __init__(self, name, arguments):
        self.name = name
        self.is_kept = arguments.results
        self.folder = arguments.keep
        self.lines = []

    @staticmethod
    def add_flags(parser):
        parser.add_argument("--results", action="store_true",
                            help="keep what is said in Tests/soak/results")
        parser.add_argument("--keep", metavar="FOLDER",
                            help="keep the daemon's log and state there if anything is wrong")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_kept:
            os.makedirs(HERE, exist_ok=True)
            with open(os.path.join(HERE, f"{self.name}.txt"), "w", encoding="utf-8") as file:
                file.write("".join(line + "\n" for line in self.lines))

    def say(self, line):
        self.lines.append(line)
        print(line, flush=True)

    def end(self, wrong, watch=None):
        """Tells what is wrong; the script's exit code."""
        for words in wrong[:50]:
            self.say(f"  {words}")
        if len(wrong) > 50:
            self.say(f"  … and {len(wrong) - 50} more")
        if wrong and watch is not None and self.folder:
            os.makedirs(self.folder, exist_ok=True)
            for path in (watch.log, watch.state, os.path.join(watch.maps, "failed")):
                target = os.path.join(self.folder, os.path.basename(path))
                if os.path.isdir(path):
                    shutil.rmtree(target, ignore_errors=True)
                    shutil.copytree(path, target)
                elif os.path.exists(path):
                    shutil.copy(path, target)
        return 1 if wrong else 0
