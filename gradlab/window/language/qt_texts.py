"""The texts of Qt's own dialogs and menus, for languages that Qt does not bring along itself."""

from PySide6.QtCore import QTranslator

from gradlab.language import mark, tr

# As they stand in Qt's source. A text that is missing here is shown in English.
TEXTS = frozenset(
    {
        # Buttons of dialogs.
        mark("OK"),
        mark("&OK"),
        mark("Cancel"),
        mark("&Cancel"),
        mark("Save"),
        mark("&Save"),
        mark("Save All"),
        mark("Open"),
        mark("&Open"),
        mark("Close"),
        mark("&Close"),
        mark("&Yes"),
        mark("Yes to &All"),
        mark("&No"),
        mark("N&o to All"),
        mark("Abort"),
        mark("Retry"),
        mark("Ignore"),
        mark("Discard"),
        mark("Don't Save"),
        mark("Apply"),
        mark("Reset"),
        mark("Help"),
        mark("Restore Defaults"),
        mark("Show Details..."),
        mark("Hide Details..."),
        # Menus of what one types into.
        mark("&Undo"),
        mark("&Redo"),
        mark("Cu&t"),
        mark("&Copy"),
        mark("Copy &Link Location"),
        mark("&Paste"),
        mark("Delete"),
        mark("Select All"),
        mark("&Select All"),
        mark("&Step up"),
        mark("Step &down"),
        # Choosing files.
        mark("Look in:"),
        mark("Back"),
        mark("Go back"),
        mark("Forward"),
        mark("Go forward"),
        mark("Parent Directory"),
        mark("Go to the parent directory"),
        mark("Create New Folder"),
        mark("Create a New Folder"),
        mark("List View"),
        mark("Change to list view mode"),
        mark("Detail View"),
        mark("Change to detail view mode"),
        mark("Sidebar"),
        mark("List of places and bookmarks"),
        mark("Files"),
        mark("Files of type:"),
        mark("File &name:"),
        mark("Directory:"),
        mark("&Choose"),
        mark("&Rename"),
        mark("&Delete"),
        mark("Show &hidden files"),
        mark("&New Folder"),
        mark("New Folder"),
        mark("Find Directory"),
        mark("Save As"),
        mark("Directories"),
        mark("All Files (*)"),
        mark("Recent Places"),
        mark("Remove"),
        mark("Computer"),
        mark("My Computer"),
        mark("Name"),
        mark("Size"),
        mark("Type"),
        mark("Date Modified"),
        mark("Kind"),
        mark("File"),
        mark("File Folder"),
        mark("Folder"),
        mark("Drive"),
        mark("%1 File"),
        mark("%1 bytes"),
        mark("%1 byte(s)"),
        mark("%1\nFile not found.\nPlease verify the correct file name was given."),
        mark("%1\nDirectory not found.\nPlease verify the correct directory name was given."),
        mark("%1 already exists.\nDo you want to replace it?"),
        mark("'%1' is write protected.\nDo you want to delete it anyway?"),
        mark("Are you sure you want to delete '%1'?"),
        mark("Could not delete directory."),
        # Keys, as menus name them.
        mark("Ctrl"),
        mark("Shift"),
        mark("Alt"),
        mark("Space"),
        mark("Del"),
        mark("Return"),
        mark("Enter"),
        mark("Esc"),
    }
)


class CatalogTranslator(QTranslator):
    """Looks Qt's texts up in our own catalog."""

    def isEmpty(self) -> bool:
        """Say that there is something to look up."""
        return False

    def translate(self, context: str, sourceText: str, disambiguation: str | None = None, n: int = -1) -> str:  # noqa: N803
        """Return a text in the language that is spoken; one that is not in the catalog as it stands."""
        if sourceText in TEXTS:
            return tr(sourceText)
        # Some stand with and without a letter for the keyboard.
        plain = sourceText.replace("&", "")
        return tr(plain) if plain in TEXTS else sourceText
