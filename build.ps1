#!/usr/bin/env pwsh
# Forwards to dotnet: each target is one command, which works as well without this script.
[CmdletBinding(PositionalBinding = $false)]
param(
    [Parameter(Position = 0)]
    [ValidateSet('restore', 'build', 'test', 'bench', 'pack', 'ci')]
    [string] $Target = 'build',
    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',
    [Parameter(ValueFromRemainingArguments)]
    [string[]] $Rest = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Push-Location $PSScriptRoot
try {
    switch ($Target) {
        'restore' { dotnet restore @Rest }
        'build' { dotnet build --configuration $Configuration @Rest }
        'test' { dotnet test --configuration $Configuration @Rest }
        'bench' { dotnet run --configuration Release --project tests/ActorParallel.Benchmarks -- compare @Rest }
        'pack' { dotnet pack --configuration $Configuration @Rest }
        'ci' { bash .ci/run @Rest }
    }
    exit $LASTEXITCODE
}
finally {
    Pop-Location
}
