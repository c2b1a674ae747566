; The Windows installer, for Inno Setup 6: per person, no administrator. Unattended: setup.exe /SILENT, or /VERYSILENT.
; Compiled by packaging/installer/windows.py, which defines Version, Folder, Icons and Out.

[Setup]
AppId={{7C0B2D4E-6E55-4C1B-9B0E-3F8B0F6C7A51}
AppName=GradLab
AppVersion={#Version}
AppVerName=GradLab {#Version}
AppPublisher=The GradLab authors
DefaultDirName={autopf}\GradLab
DefaultGroupName=GradLab
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog commandline
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
DisableProgramGroupPage=yes
OutputDir={#Out}
OutputBaseFilename=gradlab-{#Version}-windows-setup
SetupIconFile={#Icons}\gradlab.ico
UninstallDisplayIcon={app}\gradlab.exe
LicenseFile={#Folder}\licences\gradlab\LICENSE
Compression=lzma2/max
SolidCompression=yes
WizardStyle=modern
ChangesAssociations=yes
CloseApplications=yes

[Files]
Source: "{#Folder}\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autoprograms}\GradLab"; Filename: "{app}\gradlab.exe"
Name: "{autodesktop}\GradLab"; Filename: "{app}\gradlab.exe"; Tasks: desktop

[Tasks]
Name: desktop; Description: "Put an icon on the desktop"; Flags: unchecked

[Registry]
Root: HKA; Subkey: "Software\Classes\.gradlesson"; ValueType: string; ValueData: "GradLab.Lesson"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\GradLab.Lesson"; ValueType: string; ValueData: "GradLab lesson"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\GradLab.Lesson\DefaultIcon"; ValueType: string; ValueData: "{app}\gradlab.exe,0"
Root: HKA; Subkey: "Software\Classes\GradLab.Lesson\shell\open\command"; ValueType: string; ValueData: """{app}\gradlab.exe"" ""%1"""

[InstallDelete]
; An update must not leave modules of the version before.
Type: filesandordirs; Name: "{app}\_internal"

[Run]
Filename: "{app}\gradlab.exe"; Description: "Open GradLab"; Flags: postinstall nowait skipifsilent

; Taking it away removes what was installed. Settings and runs lie in the person's own folders, and stay.
